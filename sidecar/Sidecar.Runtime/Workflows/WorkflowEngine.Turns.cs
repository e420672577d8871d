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
            turn.WorkerGeneration = Volatile.Read(ref _workerGeneration);
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
        var received = turn.Instance.Received;
        var request = new WorkflowRequest { InstanceId = turn.Instance.Id, ExecutionId = started.WorkflowInstance?.ExecutionId, PropagatedHistory = received };
        request.PastEvents.AddRange(turn.Instance.Execution.Events);
        request.NewEvents.AddRange(turn.NewEvents);
        var item = new WorkItem { WorkflowRequest = request, CompletionToken = turn.Token };
        var limit = _options.MaxMessageSize * 95 / 100;
        if (received is null && turn.Instance.HistoryBytes + turn.NewEvents.Sum(e => e.CalculateSize()) < limit || item.CalculateSize() <= limit)
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
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever a worker sends, a refused answer changes nothing and the turn is made again.
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

    /// <summary>A worker came or went: what stalled may now reach one that can make its turn.</summary>
    private void WorkersChanged()
    {
        Interlocked.Increment(ref _workerGeneration);
        foreach (var instance in _instances.Values)
        {
            if (instance.AwaitsNewWorker && instance.Execution.Stalled is not null)
            {
                Release(instance);
            }
        }
    }
}
