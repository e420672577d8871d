using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Metadata;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <summary>
/// Workflows of one sidecar. The sidecars of one app share the engine; this brings the sidecar's actor state store and its workers to it.
/// </summary>
public sealed class WorkflowBlock(SidecarContext context) : IBuildingBlock, IWorkflowWorkerSource
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly IStateStore? _store = context.Components.ActorStateStore?.Instance;
    private Lease<WorkflowEngine>? _engine;
    private Lease<WorkflowEngineDirectory>? _directory;
    private int _workers;

    /// <summary>Workers with an open work item stream at this sidecar.</summary>
    public int ConnectedWorkers => Volatile.Read(ref _workers);

    /// <summary>Fault points between worker and sidecar; null in every ordinary run.</summary>
    internal WorkflowFaults? Faults { get; } = context.Faults is { } faults ? new WorkflowFaults(faults, context.Options.AppId) : null;

    /// <summary>The sidecar's largest message in bytes.</summary>
    internal long MaxMessageSize => context.Options.MaxBodySize;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_store is not null)
        {
            await GetEngineAsync();
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    /// <summary>The engine of the app.</summary>
    /// <exception cref="DaprApiException">No actor state store is configured.</exception>
    public async ValueTask<WorkflowEngine> GetEngineAsync()
    {
        if (_engine is { } open)
        {
            return open.Instance;
        }

        if (_store is null)
        {
            throw WorkflowErrors.NoActorStateStore();
        }

        await _opening.WaitAsync();
        try
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested && _engine is null, this);
            return (_engine ??= await OpenAsync(_store)).Instance;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Serves one worker stream until it ends or the sidecar stops.</summary>
    public async Task RunWorkerAsync(Func<WorkItem, CancellationToken, Task> send, WorkerLimits limits, CancellationToken cancellationToken)
    {
        var engine = await GetEngineAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        Interlocked.Increment(ref _workers);
        try
        {
            await engine.RunWorkerAsync(Faults is { } faults ? (item, token) => faults.SendAsync(item, send, token) : send, limits, end.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _workers);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_engine is { } engine)
        {
            // The last sidecar's store must last until the engine has saved what it holds.
            await engine.DisposeAsync();
            engine.Instance.Detach(_store!);
        }

        if (_directory is { } directory)
        {
            await directory.DisposeAsync();
        }

        _opening.Dispose();
        _stopping.Dispose();
    }

    private async Task<Lease<WorkflowEngine>> OpenAsync(IStateStore store)
    {
        var options = context.Options;
        _directory ??= await context.Shared.LeaseAsync("workflows", () => Task.FromResult(new WorkflowEngineDirectory()));
        var directory = _directory.Instance;
        var key = $"{options.Namespace}||{options.AppId}||{context.Components.ActorStateStore!.Resource.Name}";
        var lease = await context.Shared.LeaseAsync(key, () =>
        {
            var engine = new WorkflowEngine(new WorkflowEngineOptions
            {
                AppId = options.AppId,
                Namespace = options.Namespace,
                Time = context.Time,
                Loggers = context.Loggers,
                MaxConcurrentWorkflows = context.Resources.Configuration.MaxConcurrentWorkflows,
                MaxConcurrentActivities = context.Resources.Configuration.MaxConcurrentActivities,
                MaxMessageSize = options.MaxBodySize,
                Directory = directory,
                Metrics = context.Metrics,
            });
            return Task.FromResult(engine);
        });
        lease.Instance.Attach(store);
        lease.Instance.TryStart();
        return lease;
    }
}
