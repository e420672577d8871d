using Dapr.Jobs;
using Dapr.Jobs.Extensions;
using Dapr.Jobs.Models;
using ServiceDefaults;

namespace Ordering;

/// <summary>Deadlines of choreographed orders, kept by Dapr jobs: they are due even if everything was down at the time.</summary>
public sealed class ApprovalDeadlines(DaprJobsClient jobs)
{
    internal const string Prefix = "approval-deadline-";

    public Task ScheduleAsync(string orderId, DateTimeOffset deadline, CancellationToken cancellationToken) => jobs.ScheduleJobAsync(
        Prefix + orderId,
        DaprJobSchedule.FromDateTime(deadline),
        overwrite: true,
        failurePolicyOptions: new JobFailurePolicyConstantOptions(TimeSpan.FromSeconds(2)) { MaxRetries = 10_000 },
        cancellationToken: cancellationToken);

    /// <summary>Tidies up after an approval. That is all it does: a job that is left over finds an approved order and changes nothing.</summary>
    public async Task WithdrawAsync(string orderId, CancellationToken cancellationToken)
    {
        try
        {
            await jobs.DeleteJobAsync(Prefix + orderId, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The approval is saved and must not fail for this.
        }
    }
}

/// <summary>Where the jobs arrive.</summary>
public static partial class ApprovalDeadlineHandler
{
    public static void MapApprovalDeadlines(this IEndpointRouteBuilder routes) => routes.MapDaprScheduledJobHandler(ExpireAsync);

    private static async Task ExpireAsync(string jobName, ReadOnlyMemory<byte> payload, Orders orders, ILogger<ApprovalDeadlines> logger, CancellationToken cancellationToken)
    {
        if (!jobName.StartsWith(ApprovalDeadlines.Prefix, StringComparison.Ordinal))
        {
            LogUnknown(logger, jobName);
            return;
        }

        try
        {
            await orders.ExpireApprovalAsync(jobName[ApprovalDeadlines.Prefix.Length..], cancellationToken);
        }
        catch (UnknownException exception)
        {
            LogUseless(logger, jobName, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} is not one of ours")]
    private static partial void LogUnknown(ILogger logger, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} has nothing to do: {Reason}")]
    private static partial void LogUseless(ILogger logger, string job, string reason);
}
