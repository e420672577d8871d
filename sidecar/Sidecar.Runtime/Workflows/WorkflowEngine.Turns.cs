using Dapr.Protocol.Workflow;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>Turns: from the inbox to a worker, and from its answer to the store.</content>
public sealed partial class WorkflowEngine
{
    private const int MaxTightLoops = 20;
    private static readonly TimeSpan TightLoopPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RejectedTurnPause = TimeSpan.FromSeconds(1);

    /// <summary>Takes a worker's answer to a workflow turn.</summary>
    /// <exception cref="WorkflowException">No such turn is with a worker.</exception>
    public void CompleteWorkflow(WorkflowResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        TurnWork? turn = null;
        if (_instances.TryGetValue(response.InstanceId, out var instance))
        {
            lock (instance.Lock)
            {
                if (instance.Turn is { Token.Length: > 0 } current && (response.CompletionToken.Length == 0 || response.CompletionToken == current.Token))
                {
                    current.Token = "";
                    turn = current;
                }
            }
        }

        if (turn is null)
        {
            throw new WorkflowException(2, $"no workflow turn of instance '{response.InstanceId}' waits for an answer (token '{response.CompletionToken}')");
        }

        turn.Finish();
        InBackground(response.InstanceId, () => CommitTurnAsync(turn, response));
    }

    internal WorkItem? BeginTurn(TurnWork turn)
    {
        var instance = turn.Instance;
        lock (instance.Lock)
        {
            if (instance.Turn != turn || instance.IsGone)
            {
                return null;
            }

            var (batch, dropped) = instance.TakeBatch();
            turn.Dropped.AddRange(dropped);
            var started = instance.Execution.Started
                ?? batch.Find(entry => entry.Event.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted)?.Event;
            if (batch.Count == 0 || started is null)
            {
                instance.Inbox.InsertRange(0, batch);
                instance.Turn = null;
                DeleteInbox(instance, dropped);
                return null;
            }

            turn.Batch = batch;
            turn.NewEvents =
            [
                new HistoryEvent { EventId = -1, Timestamp = Now(), WorkflowStarted = new WorkflowStartedEvent() },
                .. batch.Select(entry => entry.Event),
            ];
            turn.Token = $"{_nonce}-{Interlocked.Increment(ref _turnNumber)}";
            return ToWorkItem(turn, started.ExecutionStarted);
        }
    }

    internal void RequeueTurn(TurnWork turn)
    {
        var instance = turn.Instance;
        lock (instance.Lock)
        {
            if (instance.Turn == turn && turn.Token.Length > 0)
            {
                GiveBack(turn);
                EnqueueTurn(instance);
            }
        }
    }

    /// <summary>Asks for a turn if there is something to do and nothing in the way. Called under the instance's lock.</summary>
    private void EnqueueTurn(LiveWorkflow instance)
    {
        if (instance.Turn is not null || instance.Inbox.Count == 0 || instance.IsTerminal || instance.IsGone
            || instance.AwaitsNewWorker || instance.Quarantine is not null)
        {
            return;
        }

        if (instance.NotBefore is { } start && start > _time.GetUtcNow() && !instance.Inbox.Exists(IsTermination))
        {
            return;
        }

        instance.Turn = new TurnWork(this, instance);
        _turnLane.Enqueue(instance.Turn);
    }

    private static bool IsTermination(InboxEvent entry) => entry.Event.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionTerminated;

    private static void GiveBack(TurnWork turn)
    {
        turn.Instance.Inbox.InsertRange(0, turn.Batch);
        turn.Instance.Inbox.InsertRange(0, turn.Dropped);
        turn.Batch = [];
        turn.Token = "";
        turn.Instance.Turn = null;
    }

    private WorkItem? ToWorkItem(TurnWork turn, ExecutionStartedEvent started)
    {
        var request = new WorkflowRequest { InstanceId = turn.Instance.Id, ExecutionId = started.WorkflowInstance?.ExecutionId };
        request.PastEvents.AddRange(turn.Instance.Execution.Events);
        request.NewEvents.AddRange(turn.NewEvents);
        var item = new WorkItem { WorkflowRequest = request, CompletionToken = turn.Token };
        var limit = _options.MaxMessageSize * 95 / 100;
        if (turn.Instance.HistoryBytes + turn.NewEvents.Sum(e => e.CalculateSize()) < limit || item.CalculateSize() <= limit)
        {
            return item;
        }

        var stall = new ExecutionStalledEvent
        {
            Reason = StalledReason.PayloadSizeExceeded,
            Description = $"The turn needs {item.CalculateSize()} bytes, 95 % of the largest message are {limit}",
        };
        turn.Token = "";
        InBackground(turn.Instance.Id, () => SaveTurnAsync(turn, WorkflowTurn.Stall(turn.Instance.Execution, stall, Now())));
        return null;
    }

    private async Task CommitTurnAsync(TurnWork turn, WorkflowResponse response)
    {
        var instance = turn.Instance;
        TurnOutcome outcome;
        try
        {
            outcome = WorkflowTurn.Apply(AppId, instance.Id, instance.Execution, turn.NewEvents, response, Now());
        }
        catch (WorkflowException error)
        {
            _logger.TurnRejected(error, instance.Id, RejectedTurnPause);
            lock (instance.Lock)
            {
                GiveBack(turn);
                instance.AwaitsNewWorker = true;
            }

            _timers.Schedule(_time.GetUtcNow() + RejectedTurnPause, () => Release(instance));
            return;
        }

        await SaveTurnAsync(turn, outcome);
    }

    /// <summary>Saves a turn, however long the store takes to be there again, and sends out what it asks for.</summary>
    private async Task SaveTurnAsync(TurnWork turn, TurnOutcome outcome)
    {
        var instance = turn.Instance;
        var delay = FirstRetry;
        while (true)
        {
            try
            {
                if (await TrySaveTurnAsync(turn, outcome))
                {
                    return;
                }

                break;
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested)
            {
                _logger.SaveFailed(error, instance.Id, delay);
                await Task.Delay(delay, _time, _stopping.Token);
                delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry;
            }
        }

        InBackground(instance.Id, () => ReloadAsync(instance));
    }

    /// <summary>False when the stored history is no longer this engine's.</summary>
    private async Task<bool> TrySaveTurnAsync(TurnWork turn, TurnOutcome outcome)
    {
        var instance = turn.Instance;
        var outbound = await FindTargetsAsync(outcome.Outbound);
        await instance.Writing.WaitAsync(_stopping.Token);
        try
        {
            if (instance.IsGone)
            {
                return true;
            }

            var save = new TurnSave(_keys, instance, turn, outcome, outbound);
            if (save.Operations.Count > 0)
            {
                try
                {
                    await _store.TransactAsync(save.Operations, _stopping.Token);
                }
                catch (ETagMismatchException)
                {
                    // Either an earlier try was saved although it reported an error, or somebody else writes this history.
                    if (save.ChunkKey is null || await _store.ReadAsync(save.ChunkKey, _stopping.Token) is not { } stored || !stored.AsSpan().SequenceEqual(save.Chunk))
                    {
                        return false;
                    }
                }
            }

            Saved(turn, outcome, save);
        }
        finally
        {
            instance.Writing.Release();
        }

        Deliver(outbound);
        Dispatch(instance, outcome);
        Changed(instance.Id);
        return true;
    }

    private void Saved(TurnWork turn, TurnOutcome outcome, TurnSave save)
    {
        var instance = turn.Instance;
        lock (instance.Lock)
        {
            instance.Metadata = save.Metadata;
            instance.Turn = null;
            if (outcome.NextExecution is not null)
            {
                instance.Execution = new WorkflowExecution();
                instance.HistoryBytes = 0;
                instance.PendingStart = outcome.NextExecution[0];
                instance.Inbox.InsertRange(0, save.NextInbox);
                instance.CustomStatus = outcome.CustomStatus;
                PauseTightLoop(instance);
                EnqueueTurn(instance);
                return;
            }

            instance.Execution.Apply(outcome.History);
            instance.HistoryBytes += save.Chunk.Length;
            if (outcome.IsStalled)
            {
                instance.Inbox.InsertRange(0, turn.Batch);
                instance.AwaitsNewWorker = true;
                var stall = instance.Execution.Stalled;
                _logger.Stalled(instance.Id, stall?.Reason.ToString() ?? "", stall?.Description ?? "");
                return;
            }

            instance.PendingStart = null;
            instance.TightLoops = 0;
            instance.CustomStatus = outcome.CustomStatus;
            if (instance.IsTerminal)
            {
                CountEnd(instance);
                instance.Inbox.Clear();
            }

            EnqueueTurn(instance);
        }
    }

    private void CountEnd(LiveWorkflow instance)
    {
        var status = instance.Execution.Completed?.ExecutionCompleted.WorkflowStatus == OrchestrationStatus.Completed ? "success" : "failed";
        _options.Metrics?.WorkflowExecutions.Increment(instance.Execution.Started?.ExecutionStarted.Name, status);
    }

    /// <summary>A workflow that only ever continues as new would keep a core busy: after some rounds it has to breathe.</summary>
    private void PauseTightLoop(LiveWorkflow instance)
    {
        if (++instance.TightLoops < MaxTightLoops)
        {
            return;
        }

        _logger.TightLoop(instance.Id, instance.TightLoops);
        instance.TightLoops = 0;
        instance.AwaitsNewWorker = true;
        _timers.Schedule(_time.GetUtcNow() + TightLoopPause, () => Release(instance));
    }

    private void Release(LiveWorkflow instance)
    {
        lock (instance.Lock)
        {
            instance.AwaitsNewWorker = false;
            EnqueueTurn(instance);
        }
    }

    private void RetryStalled()
    {
        foreach (var instance in _instances.Values)
        {
            if (instance.AwaitsNewWorker)
            {
                Release(instance);
            }
        }
    }

    /// <summary>Forgets what memory holds of an instance and reads the store's view.</summary>
    private async Task ReloadAsync(LiveWorkflow instance)
    {
        _logger.OwnershipLost(instance.Id);
        using (await LockIdAsync(instance.Id, _stopping.Token))
        {
            instance.IsGone = true;
            ((ICollection<KeyValuePair<string, LiveWorkflow>>)_instances).Remove(new(instance.Id, instance));
            await FindLockedAsync(instance.Id, _stopping.Token);
        }

        Changed(instance.Id);
    }
}
