using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>One turn of one instance; what it consists of is decided when a worker takes it, so that events arriving meanwhile go along.</summary>
internal sealed class TurnWork(WorkflowEngine engine, LiveWorkflow instance) : PendingWork
{
    public LiveWorkflow Instance { get; } = instance;

    /// <summary>Names this try at the turn: an answer to an earlier one must not count.</summary>
    public string Token { get; set; } = "";

    /// <summary>The engine's count of workers that came and went, when a worker took it.</summary>
    public int WorkerGeneration { get; set; }

    /// <summary>Inbox entries of the turn; empty until a worker takes it.</summary>
    public List<InboxEvent> Batch { get; set; } = [];

    /// <summary>Duplicates that fell away; their inbox keys go with the save.</summary>
    public List<InboxEvent> Dropped { get; } = [];

    /// <summary>What the worker was sent as new: <c>workflowStarted</c>, then the batch.</summary>
    public List<HistoryEvent> NewEvents { get; set; } = [];

    public override WorkItem? Begin() => engine.BeginTurn(this);

    public override void Requeue() => engine.RequeueTurn(this);
}

/// <summary>One activity; its completion may come late or twice, and from a worker that an earlier process gave it to.</summary>
internal sealed class ActivityWork(WorkflowEngine owner, WorkflowEngine host, LiveWorkflow instance, WorkflowExecution execution, HistoryEvent scheduled)
    : PendingWork
{
    private int _done;

    /// <summary>Engine of the app that owns the workflow; it gets the result.</summary>
    public WorkflowEngine Owner { get; } = owner;

    public LiveWorkflow Instance { get; } = instance;

    public WorkflowExecution Execution { get; } = execution;

    public HistoryEvent Scheduled { get; } = scheduled;

    public int TaskId => Scheduled.EventId;

    /// <summary>The same for every try, also after a restart.</summary>
    public string Token { get; } =
        $"{(execution.Started?.ExecutionStarted.WorkflowInstance?.ExecutionId is { Length: > 0 } id ? id : instance.Id)}:{scheduled.EventId}";

    public System.Diagnostics.Activity? Span { get; set; }

    /// <summary>True once; a result after that is a repeat.</summary>
    public bool TryComplete() => Interlocked.Exchange(ref _done, 1) == 0;

    public bool IsDone => Volatile.Read(ref _done) != 0;

    public override WorkItem? Begin() => host.BeginActivity(this);

    public override void Requeue() => host.RequeueActivity(this);
}
