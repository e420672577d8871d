using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>Making instances: new ones, and those an earlier run left.</content>
public sealed partial class WorkflowEngine
{
    private const int ConcurrentLoads = 8;
    private const int LoadedAtOnce = 64;

    private async Task RecoverAsync()
    {
        var delay = FirstRetry;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var count = 0;
                var ids = await _store.ListActiveAsync(_stopping.Token);
                var inboxes = ids.Count == 0 ? null : await _store.ListInboxesAsync(_stopping.Token);
                var options = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentLoads, CancellationToken = _stopping.Token };
                await Parallel.ForEachAsync(ids.Where(id => !_instances.ContainsKey(id)).Chunk(LoadedAtOnce), options, async (batch, cancellationToken) =>
                {
                    foreach (var stored in await _store.LoadManyAsync(batch, inboxes, cancellationToken))
                    {
                        Interlocked.Add(ref count, TakeUp(stored) ? 1 : 0);
                    }
                });
                if (count > 0)
                {
                    _logger.Recovered(AppId, count);
                }

                _ready.TrySetResult();
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                _logger.RecoveryFailed(error, AppId, delay);
                await Task.Delay(delay, _time, _stopping.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry;
            }
        }

        _ready.TrySetException(new WorkflowException(14, "the workflow engine is stopping"));
    }

    /// <summary>Nobody else reaches an instance before all were taken up, so this needs no lock.</summary>
    private bool TakeUp(StoredInstance stored)
    {
        if (stored is { Workflow: null, Damage: null })
        {
            SetAsideWithoutMetadata(stored.Id);
            return false;
        }

        if (Adopt(stored) is not { Quarantine: null } instance)
        {
            return false;
        }

        if (instance.IsTerminal)
        {
            InBackground(instance.Id, () => TerminateChildrenAsync(instance, instance.Execution));
        }

        return true;
    }

    /// <summary>Puts a stored instance into memory and lets it go on; a damaged one stays outside.</summary>
    private LiveWorkflow? Adopt(StoredInstance stored)
    {
        if (stored.Damage is { } damage)
        {
            return SetAside(stored.Id, damage.Message);
        }

        if (stored.Workflow is not { } workflow)
        {
            return SetAsideBefore(stored.Id);
        }

        var instance = ToLive(stored.Id, workflow);
        _instances[instance.Id] = instance;
        try
        {
            if (instance.IsTerminal)
            {
                Retire(instance);
            }
            else
            {
                Resume(instance);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            instance.IsGone = true;
            _instances.TryRemove(instance.Id, out _);
            return SetAside(stored.Id, $"workflow '{stored.Id}' is set aside: its history cannot be taken up ({error.Message}); purge the instance with force");
        }

        _setAside.TryRemove(stored.Id, out _);
        return instance;
    }

    internal static LiveWorkflow ToLive(string instanceId, StoredWorkflow stored)
    {
        var instance = new LiveWorkflow(instanceId) { Metadata = stored.Metadata, CustomStatus = stored.CustomStatus, Received = stored.Received };
        instance.Execution.Apply(stored.History);
        instance.HistoryBytes = stored.History.Sum(e => (long)e.CalculateSize());
        foreach (var (index, historyEvent) in stored.Inbox)
        {
            instance.InboxIndexUsed(index);
            if (!instance.IsTerminal)
            {
                instance.Inbox.Add(new InboxEvent(historyEvent, index));
            }
        }

        SetPendingStart(instance, instance.Inbox.Find(entry => entry.Event.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted)?.Event);
        return instance;
    }

    /// <summary>Sends out again what the history of a loaded instance waits for.</summary>
    private void Resume(LiveWorkflow instance)
    {
        var execution = instance.Execution;
        instance.AwaitsNewWorker = execution.Stalled is not null && ConnectedWorkers > 0;
        foreach (var pending in execution.PendingActivities.Values.Concat(execution.PendingTimers.Values).Concat(execution.PendingChildren.Values).OrderBy(e => e.EventId))
        {
            if (!instance.Inbox.Exists(entry => WorkflowExecution.ResolutionOf(entry.Event) == ResolutionOf(pending) && !execution.IsDuplicate(entry.Event)))
            {
                Dispatch(instance, execution, pending);
            }
        }

        Begin(instance);
    }

    private static (string, int)? ResolutionOf(HistoryEvent pending) => pending.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskScheduled => ("activity", pending.EventId),
        HistoryEvent.EventTypeOneofCase.TimerCreated => ("timer", pending.EventId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated => ("child", pending.EventId),
        _ => null,
    };

    /// <summary>Lets a new or loaded instance run, now or at its scheduled start.</summary>
    private void Begin(LiveWorkflow instance)
    {
        lock (instance.Lock)
        {
            EnqueueTurn(instance);
            if (instance.NotBefore is { } start && start > _time.GetUtcNow())
            {
                _timers.Schedule(start, () => Release(instance));
            }
        }

        Changed(instance.Id);
    }

    private static void SetPendingStart(LiveWorkflow instance, HistoryEvent? started)
    {
        instance.PendingStart = started;
        instance.NotBefore = started?.ExecutionStarted.ScheduledStartTimestamp?.ToDateTimeOffset();
    }

    /// <summary>
    /// Makes an instance, in place of an ended one if there is one. When a worker is there it is saved with its first turn, which the caller who
    /// starts it waits for; else now.
    /// </summary>
    private async Task<LiveWorkflow> CreateLockedAsync(LiveWorkflow? ended, HistoryEvent started, PropagatedHistory? received = null)
    {
        var id = started.ExecutionStarted.WorkflowInstance.InstanceId;
        var instance = new LiveWorkflow(id) { Received = received };
        SetPendingStart(instance, started);
        WorkflowTracing.BeginWorkflow(instance, started.ExecutionStarted);
        if (ended is null)
        {
            instance.Inbox.Add(new InboxEvent(started, null));
            if (ConnectedWorkers == 0 || instance.NotBefore is not null || received is not null)
            {
                await EnsureStoredAsync(instance, _stopping.Token);
            }
        }
        else
        {
            await _store.TransactAsync(await ReplacingAsync(ended, instance, started), _stopping.Token);
            ended.IsGone = true;
        }

        _instances[id] = instance;
        return instance;
    }

    /// <summary>The operations that put an instance in the place of an ended one; it holds what they will have stored.</summary>
    private async Task<List<StateOperation>> ReplacingAsync(LiveWorkflow ended, LiveWorkflow instance, HistoryEvent started)
    {
        List<StateOperation> operations = [];
        foreach (var key in await _store.ListKeysOfAsync(ended.Id, _stopping.Token))
        {
            if (key != _keys.MetadataOf(ended.Id) && (instance.Received is null || key != _keys.ReceivedOf(ended.Id)))
            {
                operations.Add(new DeleteState(key));
            }
        }

        if (instance.Received is { } received)
        {
            operations.Add(new SetState(_keys.ReceivedOf(ended.Id), received.ToByteArray()));
        }

        var before = ended.Metadata!;
        var metadata = new WorkflowMetadata(before.Generation + 1, before.NextChunk, before.NextChunk, 0, HasReceived: instance.Received is not null);
        var index = Math.Max(ended.TakeInboxIndex(), 0);
        instance.InboxIndexUsed(index);
        operations.Add(new SetState(_keys.MetadataOf(ended.Id), metadata.ToBytes()));
        operations.Add(new SetState(_keys.ActiveOf(ended.Id), "1"u8.ToArray()));
        operations.Add(new SetState(_keys.InboxOf(ended.Id, index), started.ToByteArray()));
        instance.Metadata = metadata;
        instance.Inbox.Add(new InboxEvent(started, index));
        return operations;
    }

    /// <summary>Saves an instance that lives in memory alone, so that it can have stored events.</summary>
    private async Task EnsureStoredAsync(LiveWorkflow instance, CancellationToken cancellationToken)
    {
        if (instance.Metadata is not null)
        {
            return;
        }

        await instance.Writing.WaitAsync(cancellationToken);
        try
        {
            if (instance.Metadata is not null || instance.IsGone)
            {
                return;
            }

            int index;
            byte[] start;
            lock (instance.Lock)
            {
                index = instance.StartIndex ??= instance.TakeInboxIndex();
                start = instance.PendingStart!.ToByteArray();
            }

            var metadata = new WorkflowMetadata(1, 0, 0, 0, HasReceived: instance.Received is not null);
            try
            {
                await _store.TransactAsync(
                    [
                        new SetState(_keys.MetadataOf(instance.Id), metadata.ToBytes(), FirstWrite: true),
                        new SetState(_keys.ActiveOf(instance.Id), "1"u8.ToArray()),
                        new SetState(_keys.InboxOf(instance.Id, index), start),
                        .. instance.Received is { } received ? [new SetState(_keys.ReceivedOf(instance.Id), received.ToByteArray())] : Array.Empty<StateOperation>(),
                    ],
                    cancellationToken);
            }
            catch (ETagMismatchException) when (instance.StartWasTried)
            {
                // An earlier try may have been saved although it reported an error.
                if (await _store.ReadAsync(_keys.InboxOf(instance.Id, index), cancellationToken) is not { } stored || !stored.AsSpan().SequenceEqual(start))
                {
                    throw;
                }
            }
            finally
            {
                instance.StartWasTried = true;
            }

            lock (instance.Lock)
            {
                instance.Metadata = metadata;
                GiveKey(instance.Inbox, index);
                if (instance.Turn is { } turn)
                {
                    GiveKey(turn.Batch, index);
                }
            }
        }
        finally
        {
            instance.Writing.Release();
        }

        static void GiveKey(List<InboxEvent> entries, int index)
        {
            var at = entries.FindIndex(entry => entry.Event.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted && entry.Index is null);
            if (at >= 0)
            {
                entries[at] = entries[at] with { Index = index };
            }
        }
    }

    private async Task DeleteKeysAsync(string instanceId, CancellationToken cancellationToken)
    {
        List<StateOperation> operations = [new DeleteState(_keys.ActiveOf(instanceId))];
        operations.AddRange((await _store.ListKeysOfAsync(instanceId, cancellationToken)).Select(key => new DeleteState(key)));
        await _store.TransactAsync(operations, cancellationToken);
    }
}
