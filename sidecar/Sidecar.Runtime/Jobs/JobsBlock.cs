using System.Text;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Jobs;

/// <summary>Jobs of one sidecar. The sidecars of one app share the engine; this brings the sidecar's app to it.</summary>
public sealed class JobsBlock(SidecarContext context) : IBuildingBlock
{
    // The scheduler has a bound that its sources as read do not show; its tests refuse 600.
    private const int MaxNameBytes = 512;

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly JobErrors _errors = new(context.Options.AppId, context.Options.Namespace);
    private Lease<JobEngine>? _engine;
    private bool _attached;

    internal JobErrors Errors => _errors;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var engine = await GetEngineAsync(cancellationToken);
        if (context.App.IsConfigured)
        {
            engine.Attach(context.App, context.Metrics);
            _attached = true;
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        DetachApp();
        return Task.CompletedTask;
    }

    /// <summary>Schedules a job.</summary>
    /// <exception cref="Errors.DaprApiException">The job is not valid, or its name is taken.</exception>
    public async Task ScheduleAsync(Job? job, bool overwrite, CancellationToken cancellationToken)
    {
        if (job is null)
        {
            throw _errors.JobEmpty();
        }

        if (job.Name.Length == 0)
        {
            throw _errors.NameEmpty();
        }

        if (job.Schedule.Length == 0 && job.DueTime.Length == 0)
        {
            throw _errors.ScheduleEmpty();
        }

        if (Actors.ActorNames.Problem(job.Name) is { } wrong)
        {
            throw _errors.InvalidName(wrong);
        }

        if (Encoding.UTF8.GetByteCount(job.Name) > MaxNameBytes)
        {
            throw _errors.InvalidName($"name is longer than {MaxNameBytes} bytes");
        }

        job.FailurePolicy ??= DefaultPolicy();
        var engine = await GetEngineAsync(cancellationToken);
        bool scheduled;
        try
        {
            scheduled = await engine.ScheduleAsync(job, overwrite, cancellationToken);
        }
        catch (FormatException problem)
        {
            throw _errors.Invalid(problem);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _errors.ScheduleFailed(error);
        }

        if (!scheduled)
        {
            throw _errors.AlreadyExists(job.Name);
        }
    }

    /// <summary>A job by name.</summary>
    /// <exception cref="Errors.DaprApiException">There is none.</exception>
    public async Task<Job> GetAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length == 0)
        {
            throw _errors.NameEmpty();
        }

        return await (await GetEngineAsync(cancellationToken)).GetAsync(name, cancellationToken) ?? throw _errors.NotFound(name);
    }

    /// <summary>All jobs of the app.</summary>
    public async Task<IReadOnlyList<Job>> ListAsync(CancellationToken cancellationToken) =>
        await (await GetEngineAsync(cancellationToken)).ListAsync(cancellationToken);

    /// <summary>Deletes a job; a missing one is no error.</summary>
    /// <exception cref="Errors.DaprApiException">The store refused.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length == 0)
        {
            throw _errors.NameEmpty();
        }

        await DeleteAsync(engine => engine.DeleteAsync(name, cancellationToken), cancellationToken);
    }

    /// <summary>Deletes the jobs whose names start with the prefix.</summary>
    /// <exception cref="Errors.DaprApiException">The store refused.</exception>
    public Task DeleteByPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        DeleteAsync(engine => engine.DeleteByPrefixAsync(prefix, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        DetachApp();
        if (_engine is { } engine)
        {
            await engine.DisposeAsync();
        }

        _opening.Dispose();
    }

    private async Task DeleteAsync(Func<JobEngine, Task> delete, CancellationToken cancellationToken)
    {
        try
        {
            await delete(await GetEngineAsync(cancellationToken));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _errors.DeleteFailed(error);
        }
    }

    /// <summary>What Dapr's scheduler writes into a job that names no policy; clients see it when they ask for the job.</summary>
    private static JobFailurePolicy DefaultPolicy() => new()
    {
        Constant = new JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)), MaxRetries = 3 },
    };

    private void DetachApp()
    {
        if (_attached)
        {
            _attached = false;
            _engine!.Instance.Detach(context.App);
        }
    }

    private async ValueTask<JobEngine> GetEngineAsync(CancellationToken cancellationToken)
    {
        if (_engine is { } open)
        {
            return open.Instance;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            _engine ??= await context.Shared.LeaseAsync(
                $"{context.Options.Namespace}||{context.Options.AppId}",
                () => Task.FromResult(new JobEngine(context.Options.AppId, context.SchedulerStore, context.Time, context.Loggers)));
            _engine.Instance.Start();
            return _engine.Instance;
        }
        finally
        {
            _opening.Release();
        }
    }
}
