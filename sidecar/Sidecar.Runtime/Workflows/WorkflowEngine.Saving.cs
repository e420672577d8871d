using Dapr.Protocol.Workflow;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>Saving turns: one transaction each, tried until the store takes it; what a turn sends out leaves after that and never before.</content>
public sealed partial class WorkflowEngine
{
    private enum SaveEnd
    {
        Saved,

        /// <summary>The instance was purged or replaced meanwhile: there is nothing to save.</summary>
        Gone,

        /// <summary>The stored history is no longer this engine's.</summary>
        NotOurs,
    }

    /// <summary>Saves a turn, however long the store takes to be there again, and sends out what it asks for.</summary>
    private async Task SaveTurnAsync(TurnWork turn, TurnOutcome outcome)
    {
        var instance = turn.Instance;
        var sending = new TurnSending([.. outcome.Detached.Select(NewStart)]);
        var delay = FirstRetry;
        while (true)
        {
            try
            {
                if (await TrySaveTurnAsync(turn, outcome, sending) == SaveEnd.NotOurs)
                {
                    break;
                }

                return;
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

    private async Task<SaveEnd> TrySaveTurnAsync(TurnWork turn, TurnOutcome outcome, TurnSending sending)
    {
        var instance = turn.Instance;
        if (outcome.IsStalled)
        {
            // Its start must not be in memory alone: nobody knows how long it will wait.
            await EnsureStoredAsync(instance, _stopping.Token);
        }

        sending.Deliveries ??= await FindTargetsAsync(outcome.Outbound);
        using var detached = await PrepareDetachedAsync(sending.DetachedStarts);
        var end = await WriteTurnAsync(turn, outcome, sending, detached);
        if (end != SaveEnd.Saved)
        {
            return end;
        }

        foreach (var (started, ended) in detached.Instances)
        {
            ended?.IsGone = true;
            _instances[started.Id] = started;
            Begin(started);
        }

        Deliver(sending.Deliveries);
        Dispatch(instance, outcome);
        Changed(instance.Id);
        if (outcome.IsStalled)
        {
            InBackground(instance.Id, () => SaveUnsavedResultsAsync(instance, _stopping.Token));
        }

        return SaveEnd.Saved;
    }

    private async Task<SaveEnd> WriteTurnAsync(TurnWork turn, TurnOutcome outcome, TurnSending sending, DetachedStarts detached)
    {
        var instance = turn.Instance;
        await instance.Writing.WaitAsync(_stopping.Token);
        try
        {
            if (instance.IsGone)
            {
                return SaveEnd.Gone;
            }

            var save = new TurnSave(AppId, _keys, instance, turn, outcome, sending);
            save.Operations.AddRange(detached.Operations);
            if (save.Operations.Count > 0)
            {
                try
                {
                    await _store.TransactAsync(save.Operations, _stopping.Token);
                }
                catch (ETagMismatchException)
                {
                    // Either an earlier try was saved although it reported an error, or somebody else writes this history.
                    if (await _store.ReadAsync(save.Proof.Key, _stopping.Token) is not { } stored || !stored.AsSpan().SequenceEqual(save.Proof.Value))
                    {
                        return SaveEnd.NotOurs;
                    }
                }
            }

            Saved(turn, outcome, save);
            return SaveEnd.Saved;
        }
        finally
        {
            instance.Writing.Release();
        }
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
                instance.Received = save.Received;
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
                // A worker that came or went while this turn was made may have changed who can make it.
                instance.AwaitsNewWorker = turn.WorkerGeneration == Volatile.Read(ref _workerGeneration);
                EnqueueTurn(instance);
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
