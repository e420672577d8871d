using ActionType = Dapr.Protocol.Workflow.WorkflowAction.WorkflowActionTypeOneofCase;
using EventType = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>The numbered actions of one run of the code, matched with the history.</summary>
internal sealed class ActionHistory
{
    private readonly SortedDictionary<int, Wire.WorkflowAction> _pending = [];
    private readonly Dictionary<int, OpenTask> _open = [];
    private int _nextId;

    /// <summary>Actions the history does not know, in the order they were asked for.</summary>
    public IEnumerable<Wire.WorkflowAction> Pending => _pending.Values;

    /// <summary>Whether anything asked for is still without an end.</summary>
    public bool HasOpenTasks => _open.Count > 0;

    public int PeekId() => _nextId;

    public int NextId() => _nextId++;

    public void Add(Wire.WorkflowAction action)
    {
        action.Id = NextId();
        _pending.Add(action.Id, action);
    }

    public (int Id, TaskCompletionSource<Wire.HistoryEvent> Completion) Open(Wire.WorkflowAction action, string name)
    {
        Add(action);
        var task = new OpenTask(action.WorkflowActionTypeCase, name);
        _open.Add(action.Id, task);
        return (action.Id, task.Completion);
    }

    /// <summary>Nobody waits for this task any more; its action stays.</summary>
    public void Forget(int id) => _open.Remove(id);

    /// <exception cref="NonDeterministicWorkflowException">The history has another action under this number.</exception>
    public void Apply(Wire.HistoryEvent e)
    {
        switch (e.EventTypeCase)
        {
            case EventType.TaskScheduled:
                Confirm(e, ActionType.ScheduleTask, e.TaskScheduled.Name);
                break;
            case EventType.TimerCreated:
                Confirm(e, ActionType.CreateTimer, "");
                break;
            case EventType.ChildWorkflowInstanceCreated:
                Confirm(e, ActionType.CreateChildWorkflow, e.ChildWorkflowInstanceCreated.Name);
                break;
            case EventType.EventSent:
                Confirm(e, ActionType.SendEvent, e.EventSent.Name);
                break;
            case EventType.TaskCompleted:
                Complete(e, e.TaskCompleted.TaskScheduledId, ActionType.ScheduleTask);
                break;
            case EventType.TaskFailed:
                Complete(e, e.TaskFailed.TaskScheduledId, ActionType.ScheduleTask);
                break;
            case EventType.TimerFired:
                Complete(e, e.TimerFired.TimerId, ActionType.CreateTimer);
                break;
            case EventType.ChildWorkflowInstanceCompleted:
                Complete(e, e.ChildWorkflowInstanceCompleted.TaskScheduledId, ActionType.CreateChildWorkflow);
                break;
            case EventType.ChildWorkflowInstanceFailed:
                Complete(e, e.ChildWorkflowInstanceFailed.TaskScheduledId, ActionType.CreateChildWorkflow);
                break;
        }
    }

    private void Confirm(Wire.HistoryEvent e, ActionType type, string name)
    {
        if (!_pending.Remove(e.EventId, out var action))
            throw Mismatch(e, name, "nothing");
        if (action.WorkflowActionTypeCase != type || !string.Equals(NameOf(action), name, StringComparison.OrdinalIgnoreCase))
            throw Mismatch(e, name, $"{action.WorkflowActionTypeCase} '{NameOf(action)}'");
    }

    private void Complete(Wire.HistoryEvent e, int id, ActionType type)
    {
        // A result nobody waits for any more, or one that came twice.
        if (!_open.TryGetValue(id, out var task))
            return;
        if (task.Kind != type)
            throw Mismatch(e, "", $"{task.Kind} '{task.Name}'");
        _open.Remove(id);
        task.Completion.SetResult(e);
    }

    private static string NameOf(Wire.WorkflowAction action) => action.WorkflowActionTypeCase switch
    {
        ActionType.ScheduleTask => action.ScheduleTask.Name,
        ActionType.CreateChildWorkflow => action.CreateChildWorkflow.Name,
        ActionType.SendEvent => action.SendEvent.Name,
        _ => "",
    };

    private static NonDeterministicWorkflowException Mismatch(Wire.HistoryEvent e, string name, string code) => new(
        $"The history has {e.EventTypeCase} '{name}' as event {e.EventId} where the code now does {code}. Workflow code must do the same in every replay; "
        + "to change it while instances run, ask IsPatched.");
}
