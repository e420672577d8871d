using Dapr;
using Dapr.Jobs;
using Dapr.Jobs.Extensions;
using Dapr.Jobs.Models;
using ServiceDefaults;

namespace Gateway.Books;

/// <summary>Has Dapr run the reconciliation every night: every instance schedules the same job at its start, and one of them gets each run.</summary>
public sealed partial class ReconciliationJob(DaprJobsClient jobs, DaprJobSchedule schedule, TimeProvider clock, ILogger<ReconciliationJob> logger) : BackgroundService
{
    internal const string Name = "nightly-reconciliation";

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>A partner may be down for a while in the night: tried again for an hour.</summary>
    private static readonly JobFailurePolicyConstantOptions _again = new(TimeSpan.FromMinutes(1)) { MaxRetries = 60 };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !await TryScheduleAsync(failures == 0, stoppingToken); failures++)
        {
            await Task.Delay(_pause, clock, stoppingToken);
        }
    }

    private async Task<bool> TryScheduleAsync(bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsScheduledAsync(cancellationToken))
            {
                await jobs.ScheduleJobAsync(Name, schedule, overwrite: true, failurePolicyOptions: _again, cancellationToken: cancellationToken);
            }

            return true;
        }
        catch (DaprException exception)
        {
            if (isFirst)
            {
                LogPostponed(logger, exception.Cause());
            }

            return false;
        }
    }

    /// <summary>A job of this schedule is left as it is: it may be due since everything was down.</summary>
    private async Task<bool> IsScheduledAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await jobs.GetJobAsync(Name, cancellationToken)).Schedule.ExpressionValue == schedule.ExpressionValue;
        }
        catch (DaprException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The nightly reconciliation cannot be scheduled yet: {Reason}")]
    private static partial void LogPostponed(ILogger logger, string reason);
}

/// <summary>What makes the reconciliation nightly.</summary>
public static class ReconciliationJobExtensions
{
    /// <summary>Half past two at night, UTC: a cron expression of six fields, seconds first.</summary>
    private const string EveryNight = "0 30 2 * * *";

    /// <summary>Schedules it; <c>Reconciliation:Schedule</c> says when.</summary>
    public static void AddNightlyReconciliation(this WebApplicationBuilder builder)
    {
        builder.Services.AddDaprJobsClient();
        builder.Services.AddSingleton(DaprJobSchedule.FromExpression(builder.Configuration["Reconciliation:Schedule"] ?? EveryNight));
        builder.Services.AddSingleton<NightlyReconciliation>();
        builder.Services.AddHostedService<ReconciliationJob>();
    }

    /// <summary>Where the job arrives. No other job is scheduled for this app.</summary>
    public static void MapNightlyReconciliation(this IEndpointRouteBuilder routes) =>
        routes.MapDaprScheduledJobHandler((string _, ReadOnlyMemory<byte> _, NightlyReconciliation nightly, CancellationToken cancellationToken) => nightly.RunAsync(cancellationToken));
}
