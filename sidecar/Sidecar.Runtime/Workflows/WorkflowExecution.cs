using Dapr.Protocol.Workflow;
using Google.Protobuf.WellKnownTypes;
using EventKind = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Runtime.Workflows;

/// <summary>
/// What the committed history of one execution says: a fold over its events. Everything a turn sends out (activities, timers, children) can be
/// derived from it again, which is why one append per turn makes all of it durable.
/// </summary>
internal sealed class WorkflowExecution
{
    private readonly List<HistoryEvent> _events = [];

    /// <summary>Committed events, oldest first.</summary>
    public IReadOnlyList<HistoryEvent> Events => _events;

    /// <summary>The <c>executionStarted</c> event, or null before the first turn was committed.</summary>
    public HistoryEvent? Started { get; private set; }

    /// <summary>The <c>executionCompleted</c> event, or null while it runs.</summary>
    public HistoryEvent? Completed { get; private set; }

    /// <summary>The <c>executionTerminated</c> event, if one was taken in.</summary>
    public HistoryEvent? Terminated { get; private set; }

    /// <summary>Why the last turn could not be made, until one can.</summary>
    public ExecutionStalledEvent? Stalled { get; private set; }

    public bool IsSuspended { get; private set; }

    /// <summary>Name of the version that the first turn ran, where the worker told one.</summary>
    public string? Version { get; private set; }

    /// <summary>Time of the first event.</summary>
    public Timestamp? CreatedAt => _events.Count > 0 ? _events[0].Timestamp : null;

    /// <summary>Time of the last event.</summary>
    public Timestamp? UpdatedAt => _events.Count > 0 ? _events[^1].Timestamp : null;

    /// <summary><c>taskScheduled</c> events without a result, by event id.</summary>
    public Dictionary<int, HistoryEvent> PendingActivities { get; } = [];

    /// <summary><c>timerCreated</c> events that have not fired, by event id.</summary>
    public Dictionary<int, HistoryEvent> PendingTimers { get; } = [];

    /// <summary><c>childWorkflowInstanceCreated</c> events without a result, by event id.</summary>
    public Dictionary<int, HistoryEvent> PendingChildren { get; } = [];

    /// <summary>Patches that earlier turns of this execution reported, each once, in the order they were taken.</summary>
    public List<string> Patches { get; } = [];

    public ParentInstanceInfo? Parent => Started?.ExecutionStarted.ParentInstance;

    public OrchestrationStatus Status =>
        Completed is not null ? Completed.ExecutionCompleted.WorkflowStatus
        : Stalled is not null ? OrchestrationStatus.Stalled
        : Started is null ? OrchestrationStatus.Pending
        : IsSuspended ? OrchestrationStatus.Suspended
        : OrchestrationStatus.Running;

    /// <summary>Takes in committed events.</summary>
    public void Apply(IEnumerable<HistoryEvent> events)
    {
        foreach (var historyEvent in events)
        {
            Apply(historyEvent);
        }
    }

    /// <summary>Takes in one committed event.</summary>
    public void Apply(HistoryEvent historyEvent)
    {
        _events.Add(historyEvent);
        switch (historyEvent.EventTypeCase)
        {
            case EventKind.WorkflowStarted:
                Stalled = null;
                Version ??= historyEvent.WorkflowStarted.Version is { Name.Length: > 0 } version ? version.Name : null;
                Patches.AddRange((historyEvent.WorkflowStarted.Version?.Patches ?? []).Distinct(StringComparer.Ordinal).Except(Patches, StringComparer.Ordinal).ToList());
                break;
            case EventKind.ExecutionStarted:
                Started ??= historyEvent;
                break;
            case EventKind.ExecutionCompleted:
                Completed = historyEvent;
                break;
            case EventKind.ExecutionTerminated:
                Terminated ??= historyEvent;
                break;
            case EventKind.ExecutionSuspended:
                IsSuspended = true;
                break;
            case EventKind.ExecutionResumed:
                IsSuspended = false;
                break;
            case EventKind.ExecutionStalled:
                Stalled = historyEvent.ExecutionStalled;
                break;
            case EventKind.TaskScheduled:
                PendingActivities[historyEvent.EventId] = historyEvent;
                break;
            case EventKind.TimerCreated:
                PendingTimers[historyEvent.EventId] = historyEvent;
                break;
            case EventKind.ChildWorkflowInstanceCreated:
                PendingChildren[historyEvent.EventId] = historyEvent;
                break;
            default:
                if (ResolvedBy(historyEvent) is var (pending, id) && pending is not null)
                {
                    pending.Remove(id);
                }

                break;
        }
    }

    /// <summary>
    /// True for an event that must not reach the workflow: a second start, or a result of something unknown or already resolved.
    /// </summary>
    public bool IsDuplicate(HistoryEvent historyEvent)
    {
        if (historyEvent.EventTypeCase == EventKind.ExecutionStarted)
        {
            return Started is not null;
        }

        return ResolvedBy(historyEvent) is var (pending, id) && pending is not null
            && (!pending.TryGetValue(id, out var scheduled) || !IsSameTask(scheduled, historyEvent));
    }

    /// <summary>An execution that continues as new counts from zero again: a late result of the one before has the number, but not the id of the task.</summary>
    private static bool IsSameTask(HistoryEvent scheduled, HistoryEvent result)
    {
        var id = result.TaskCompleted?.TaskExecutionId ?? result.TaskFailed?.TaskExecutionId ?? "";
        return id.Length == 0 || scheduled.TaskScheduled is not { } task || task.TaskExecutionId == id;
    }

    /// <summary>What makes two results of one batch the same: the kind of thing they resolve and its event id; null for other events.</summary>
    public static (string Kind, int Id)? ResolutionOf(HistoryEvent historyEvent) => historyEvent.EventTypeCase switch
    {
        EventKind.ExecutionStarted => ("start", 0),
        EventKind.TaskCompleted => ("activity", historyEvent.TaskCompleted.TaskScheduledId),
        EventKind.TaskFailed => ("activity", historyEvent.TaskFailed.TaskScheduledId),
        EventKind.TimerFired => ("timer", historyEvent.TimerFired.TimerId),
        EventKind.ChildWorkflowInstanceCompleted => ("child", historyEvent.ChildWorkflowInstanceCompleted.TaskScheduledId),
        EventKind.ChildWorkflowInstanceFailed => ("child", historyEvent.ChildWorkflowInstanceFailed.TaskScheduledId),
        _ => null,
    };

    private (Dictionary<int, HistoryEvent>? Pending, int Id) ResolvedBy(HistoryEvent historyEvent) => ResolutionOf(historyEvent) switch
    {
        ("activity", var id) => (PendingActivities, id),
        ("timer", var id) => (PendingTimers, id),
        ("child", var id) => (PendingChildren, id),
        _ => (null, 0),
    };
}
