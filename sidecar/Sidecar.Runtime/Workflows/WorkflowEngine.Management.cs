using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>What clients ask for.</content>
public sealed partial class WorkflowEngine
{
    /// <summary>Starts a workflow; answers when its first turn was made, or at once when it is to start later.</summary>
    /// <exception cref="WorkflowException">An active workflow has this id (status 6), the instance cannot be read, or its first turn was refused by the store (status 10): then it does not exist.</exception>
    public async Task<string> StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.InstanceId.Length > 0 ? request.InstanceId : Guid.NewGuid().ToString();
        await _ready.Task.WaitAsync(cancellationToken);
        var started = NewStart(id, request.Name, new ExecutionStartedEvent
        {
            Input = request.Input,
            ScheduledStartTimestamp = request.ScheduledStartTimestamp,
            ParentTraceContext = request.ParentTraceContext,
        });
        LiveWorkflow instance;
        using (await LockIdAsync(id, cancellationToken))
        {
            var existing = await FindLockedAsync(id, cancellationToken);
            if (existing is not null)
            {
                ThrowIfQuarantined(existing);
                if (!existing.IsTerminal)
                {
                    throw new WorkflowException(6, $"an active workflow with ID '{id}' already exists");
                }

                await ThrowIfChildrenRunAsync(existing, cancellationToken);
            }

            instance = await CreateLockedAsync(existing, started);
        }

        Begin(instance);
        if (request.ScheduledStartTimestamp is null)
        {
            await WaitForFirstTurnAsync(id, cancellationToken);
        }

        return id;
    }

    /// <summary>State of an instance, or null when there is none.</summary>
    public async Task<WorkflowState?> GetAsync(string instanceId, bool withData, CancellationToken cancellationToken)
    {
        if (await FindAsync(instanceId, cancellationToken) is not { } instance)
        {
            return null;
        }

        lock (instance.Lock)
        {
            ThrowIfQuarantined(instance);
            return WorkflowStates.Of(instance, withData);
        }
    }

    /// <summary>Waits until the instance exists and its first turn was made.</summary>
    public async Task<WorkflowState> WaitForStartAsync(string instanceId, bool withData, CancellationToken cancellationToken)
    {
        var instance = await WaitUntilAsync(instanceId, current => current.Status != OrchestrationStatus.Pending, cancellationToken);
        lock (instance.Lock)
        {
            return WorkflowStates.Of(instance, withData);
        }
    }

    /// <summary>Waits until the instance exists and has ended.</summary>
    public async Task<WorkflowState> WaitForCompletionAsync(string instanceId, bool withData, CancellationToken cancellationToken)
    {
        var instance = await WaitUntilAsync(instanceId, current => current.IsTerminal, cancellationToken);
        lock (instance.Lock)
        {
            return WorkflowStates.Of(instance, withData);
        }
    }

    /// <summary>Sends an external event; when this answers it is saved. Ended instances ignore events.</summary>
    /// <exception cref="WorkflowException">No such instance.</exception>
    public async Task RaiseEventAsync(string instanceId, string name, string? input, CancellationToken cancellationToken)
    {
        var instance = await FindOrThrowAsync(instanceId, cancellationToken);
        var raised = new HistoryEvent { EventId = -1, Timestamp = Now(), EventRaised = new EventRaisedEvent { Name = name, Input = input } };
        await AddClientEventAsync(instance, raised, cancellationToken);
    }

    /// <summary>Terminates an instance and waits until it has ended; its children too when <paramref name="recursive"/>.</summary>
    /// <exception cref="WorkflowException">No such instance.</exception>
    public async Task TerminateAsync(string instanceId, string? output, bool recursive, CancellationToken cancellationToken)
    {
        var instance = await FindOrThrowAsync(instanceId, cancellationToken);
        await AddClientEventAsync(instance, Terminated(output, recursive), cancellationToken);
        await WaitUntilAsync(instanceId, current => current.IsTerminal, cancellationToken);
    }

    /// <summary>Suspends an instance and waits until it is.</summary>
    /// <exception cref="WorkflowException">No such instance.</exception>
    public async Task SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        var instance = await FindOrThrowAsync(instanceId, cancellationToken);
        var suspended = new HistoryEvent { EventId = -1, Timestamp = Now(), ExecutionSuspended = new ExecutionSuspendedEvent { Input = reason } };
        await AddClientEventAsync(instance, suspended, cancellationToken);
        await WaitUntilAsync(instanceId, current => current.Execution.IsSuspended || current.IsTerminal, cancellationToken);
    }

    /// <summary>Resumes an instance and waits until it runs.</summary>
    /// <exception cref="WorkflowException">No such instance.</exception>
    public async Task ResumeAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        var instance = await FindOrThrowAsync(instanceId, cancellationToken);
        var resumed = new HistoryEvent { EventId = -1, Timestamp = Now(), ExecutionResumed = new ExecutionResumedEvent { Input = reason } };
        await AddClientEventAsync(instance, resumed, cancellationToken);
        await WaitUntilAsync(instanceId, current => !current.Execution.IsSuspended || current.IsTerminal, cancellationToken);
    }

    /// <summary>Deletes everything about an ended instance (any instance when <paramref name="force"/>) and says how many were deleted.</summary>
    /// <exception cref="WorkflowException">No such instance, or it has not ended.</exception>
    public async Task<int> PurgeAsync(string instanceId, bool recursive, bool force, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        var children = await LookBeforePurgeAsync(instanceId, force, cancellationToken);
        var deleted = 0;
        // The children first: a purge that breaks off can be asked for again.
        foreach (var child in recursive ? children : [])
        {
            if (await FindAsync(child, cancellationToken) is { } instance && (force || instance.IsTerminal))
            {
                deleted += await PurgeAsync(child, recursive, force, cancellationToken);
            }
        }

        using (await LockIdAsync(instanceId, cancellationToken))
        {
            var instance = await FindToPurgeAsync(instanceId, force, cancellationToken);
            await instance.Writing.WaitAsync(cancellationToken);
            try
            {
                await DeleteKeysAsync(instanceId, cancellationToken);
                lock (instance.Lock)
                {
                    instance.IsGone = true;
                    instance.Turn?.Finish();
                    instance.Turn = null;
                }

                _instances.TryRemove(instanceId, out _);
                _setAside.TryRemove(instanceId, out _);
            }
            finally
            {
                instance.Writing.Release();
            }
        }

        return deleted + 1;
    }

    private async Task<List<string>> LookBeforePurgeAsync(string instanceId, bool force, CancellationToken cancellationToken)
    {
        using (await LockIdAsync(instanceId, cancellationToken))
        {
            var instance = await FindToPurgeAsync(instanceId, force, cancellationToken);
            lock (instance.Lock)
            {
                return [.. instance.Execution.Events
                    .Where(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated)
                    .Select(e => e.ChildWorkflowInstanceCreated.InstanceId)
                    .Distinct()];
            }
        }
    }

    private async Task<LiveWorkflow> FindToPurgeAsync(string instanceId, bool force, CancellationToken cancellationToken)
    {
        var instance = await FindLockedAsync(instanceId, cancellationToken) ?? throw WorkflowException.NoSuchInstance();
        if (!force)
        {
            ThrowIfQuarantined(instance);
            if (!instance.IsTerminal)
            {
                throw new WorkflowException(2, $"orchestration instance '{instanceId}' is not completed: it cannot be purged without force");
            }
        }

        return instance;
    }

    /// <summary>One page of instance ids and where the next starts.</summary>
    public async Task<(IReadOnlyList<string> Ids, string? ContinuationToken)> ListAsync(string? continuationToken, int pageSize, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        var (ids, next) = await _store.ListInstancesAsync(continuationToken, pageSize, cancellationToken);
        return next is null ? ([.. ids, .. _setAside.Where(aside => !aside.Value.HasMetadata).Select(aside => aside.Key).Order(StringComparer.Ordinal)], null) : (ids, next);
    }

    /// <summary>Committed history of an instance.</summary>
    /// <exception cref="WorkflowException">No such instance.</exception>
    public async Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        var instance = await FindAsync(instanceId, cancellationToken) ?? throw new WorkflowException(5, $"workflow instance '{instanceId}' not found");
        ThrowIfQuarantined(instance);
        lock (instance.Lock)
        {
            return [.. instance.Execution.Events];
        }
    }

    private HistoryEvent Terminated(string? output, bool recurse) => new()
    {
        EventId = -1,
        Timestamp = Now(),
        ExecutionTerminated = new ExecutionTerminatedEvent { Input = output, Recurse = recurse },
    };

    private async Task<LiveWorkflow> FindOrThrowAsync(string instanceId, CancellationToken cancellationToken)
    {
        var instance = await FindAsync(instanceId, cancellationToken) ?? throw WorkflowException.NoSuchInstance();
        ThrowIfQuarantined(instance);
        return instance;
    }

    private async Task AddClientEventAsync(LiveWorkflow instance, HistoryEvent historyEvent, CancellationToken cancellationToken)
    {
        if (instance.IsTerminal)
        {
            return;
        }

        await EnsureStoredAsync(instance, cancellationToken);
        int index;
        lock (instance.Lock)
        {
            index = instance.TakeInboxIndex();
        }

        var entry = new InboxEvent(historyEvent, index);
        try
        {
            // Not the caller's token: who hangs up half-way would leave open whether it is saved.
            await _store.ExecuteAsync(new SetState(_keys.InboxOf(instance.Id, index), historyEvent.ToByteArray()), _stopping.Token);
        }
        catch (Exception)
        {
            // The caller hears that it was not saved, so it must not come up after a restart.
            DeleteInbox(instance, [entry]);
            throw;
        }

        AddStored(instance, entry);
    }

    private async Task ThrowIfChildrenRunAsync(LiveWorkflow instance, CancellationToken cancellationToken)
    {
        foreach (var child in instance.Execution.PendingChildren.Values)
        {
            var childId = child.ChildWorkflowInstanceCreated.InstanceId;
            if (_instances.TryGetValue(childId, out var live) && !live.IsTerminal
                || await _store.ReadAsync(_keys.ActiveOf(childId), cancellationToken) is not null)
            {
                throw new WorkflowException(6, $"workflow '{instance.Id}' cannot be started again: its child workflow '{childId}' has not ended");
            }
        }
    }

    private HistoryEvent NewStart(string instanceId, string name, ExecutionStartedEvent started)
    {
        started.Name = name;
        started.WorkflowInstance = new WorkflowInstance { InstanceId = instanceId, ExecutionId = Guid.NewGuid().ToString() };
        return new HistoryEvent { EventId = -1, Timestamp = Now(), ExecutionStarted = started };
    }
}
