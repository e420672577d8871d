using Dapr.Protocol.Workflow;
using Google.Protobuf.WellKnownTypes;
using ActionKind = Dapr.Protocol.Workflow.WorkflowAction.WorkflowActionTypeOneofCase;

namespace Sidecar.Runtime.Workflows;

/// <summary>An event for another instance of the same app.</summary>
internal sealed record OutboundEvent(string InstanceId, HistoryEvent Event);

/// <summary>What one turn changes. Nothing of it happened yet.</summary>
internal sealed record TurnOutcome
{
    /// <summary>Events to append, in order.</summary>
    public required IReadOnlyList<HistoryEvent> History { get; init; }

    /// <summary>When not null the history is dropped and these events start the next execution.</summary>
    public IReadOnlyList<HistoryEvent>? NextExecution { get; init; }

    /// <summary>When true the turn's events stay in the inbox: the worker could not run them.</summary>
    public bool IsStalled { get; init; }

    /// <summary>Custom status as the worker reports it on every turn.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Events for other instances.</summary>
    public IReadOnlyList<OutboundEvent> Outbound { get; init; } = [];

    /// <summary>Workflows to start that nobody waits for.</summary>
    public IReadOnlyList<CreateDetachedWorkflowAction> Detached { get; init; } = [];
}

/// <summary>Makes a turn's outcome from the worker's answer. Pure: the same input gives the same outcome, but for new ids.</summary>
internal sealed class WorkflowTurn
{
    private readonly string _appId;
    private readonly string _instanceId;
    private readonly WorkflowExecution _execution;
    private readonly HistoryEvent _started;
    private readonly Timestamp _now;
    private readonly List<HistoryEvent> _history = [];
    private readonly List<OutboundEvent> _outbound = [];
    private readonly List<CreateDetachedWorkflowAction> _detached = [];
    private IReadOnlyList<HistoryEvent>? _next;
    private bool _isCompleted;

    private WorkflowTurn(string appId, string instanceId, WorkflowExecution execution, IReadOnlyList<HistoryEvent> newEvents, Timestamp now)
    {
        _appId = appId;
        _instanceId = instanceId;
        _execution = execution;
        _now = now;
        _started = execution.Started ?? newEvents.First(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted);
    }

    /// <summary>Applies the worker's answer.</summary>
    /// <param name="appId">App that owns the workflow.</param>
    /// <param name="instanceId">Instance.</param>
    /// <param name="execution">What was committed before the turn.</param>
    /// <param name="newEvents">The turn's events as they were sent, <c>workflowStarted</c> first.</param>
    /// <param name="response">The worker's answer.</param>
    /// <param name="now">Time of the events this makes.</param>
    public static TurnOutcome Apply(
        string appId, string instanceId, WorkflowExecution execution, IReadOnlyList<HistoryEvent> newEvents, WorkflowResponse response, Timestamp now)
    {
        var isTerminated = execution.Terminated is not null || newEvents.Any(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionTerminated);
        if (!isTerminated && FindStall(execution, response) is { } stall)
        {
            return Stall(execution, stall, now);
        }

        var turn = new WorkflowTurn(appId, instanceId, execution, newEvents, now);
        return turn.Apply(newEvents, response);
    }

    /// <summary>The outcome of a turn that no worker here can make: the reason is recorded once, the events wait.</summary>
    public static TurnOutcome Stall(WorkflowExecution execution, ExecutionStalledEvent stall, Timestamp now) => new()
    {
        IsStalled = true,
        History = stall.Equals(execution.Stalled) ? [] : [new HistoryEvent { EventId = -1, Timestamp = now, ExecutionStalled = stall }],
    };

    private static ExecutionStalledEvent? FindStall(WorkflowExecution execution, WorkflowResponse response)
    {
        foreach (var action in response.Actions)
        {
            if (action.WorkflowActionTypeCase == ActionKind.WorkflowVersionNotAvailable)
            {
                return new ExecutionStalledEvent { Reason = StalledReason.VersionNotAvailable, Description = $"Version not available: {execution.Version}" };
            }

            if (action.WorkflowActionTypeCase == ActionKind.CompleteWorkflow && action.CompleteWorkflow.WorkflowStatus == OrchestrationStatus.Stalled)
            {
                return new ExecutionStalledEvent { Reason = StalledReason.PatchMismatch, Description = action.CompleteWorkflow.Details ?? "Patch mismatch" };
            }
        }

        // As in daprd: what the history has taken must be the beginning of what the code takes now, in the same order.
        var current = response.Version?.Patches.Distinct(StringComparer.Ordinal).ToList() ?? [];
        return current.Take(execution.Patches.Count).SequenceEqual(execution.Patches)
            ? null
            : new ExecutionStalledEvent
            {
                Reason = StalledReason.PatchMismatch,
                Description = $"Patch mismatch. History patches: [{string.Join(", ", execution.Patches)}], current patches: [{string.Join(", ", current)}]. ",
            };
    }

    private TurnOutcome Apply(IReadOnlyList<HistoryEvent> newEvents, WorkflowResponse response)
    {
        _history.AddRange(newEvents);
        if (response.Version is { } version)
        {
            _history[0] = newEvents[0].Clone();
            _history[0].WorkflowStarted.Version = version;
        }

        var terminated = _execution.Terminated ?? newEvents.FirstOrDefault(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionTerminated);
        foreach (var action in response.Actions)
        {
            Apply(action, isTerminated: terminated is not null);
        }

        if (terminated is not null && !_isCompleted)
        {
            // The worker answered as if nothing had happened: terminating does not need its consent.
            _history.Add(Event(-1, e => e.ExecutionCompleted = new ExecutionCompletedEvent
            {
                WorkflowStatus = OrchestrationStatus.Terminated,
                Result = terminated.ExecutionTerminated.Input,
            }));
        }

        return new TurnOutcome
        {
            History = _history,
            NextExecution = _next,
            CustomStatus = response.CustomStatus,
            Outbound = _outbound,
            Detached = _detached,
        };
    }

    private void Apply(WorkflowAction action, bool isTerminated)
    {
        switch (action.WorkflowActionTypeCase)
        {
            case ActionKind.ScheduleTask:
                ScheduleTask(action.Id, action.ScheduleTask, action.ScheduleTask.Router ?? action.Router);
                break;
            case ActionKind.CreateTimer:
                _history.Add(Event(action.Id, e => e.TimerCreated = TimerOf(action.CreateTimer)));
                break;
            case ActionKind.CreateChildWorkflow:
                CreateChild(action.Id, action.CreateChildWorkflow, action.CreateChildWorkflow.Router ?? action.Router);
                break;
            case ActionKind.SendEvent:
                SendEvent(action.Id, action.SendEvent);
                break;
            case ActionKind.TerminateWorkflow:
                var terminate = action.TerminateWorkflow;
                _outbound.Add(new OutboundEvent(terminate.InstanceId, Event(-1, e => e.ExecutionTerminated =
                    new ExecutionTerminatedEvent { Input = terminate.Reason, Recurse = terminate.Recurse })));
                break;
            case ActionKind.CreateDetachedWorkflow:
                _detached.Add(action.CreateDetachedWorkflow);
                _history.Add(Event(action.Id, e => e.DetachedWorkflowInstanceCreated =
                    new DetachedWorkflowInstanceCreatedEvent { InstanceId = action.CreateDetachedWorkflow.InstanceId }));
                break;
            case ActionKind.WorkflowVersionNotAvailable:
            case ActionKind.CompleteWorkflow when action.CompleteWorkflow.WorkflowStatus == OrchestrationStatus.Stalled:
                // Only a terminated instance gets here, and its end does not need the worker.
                break;
            case ActionKind.CompleteWorkflow:
                Complete(action.Id, action.CompleteWorkflow, isTerminated);
                break;
            default:
                throw new WorkflowException(3, $"workflow '{_instanceId}': the worker answered with an action of an unknown type (id {action.Id})");
        }
    }

    private void ScheduleTask(int id, ScheduleTaskAction task, TaskRouter? router) => _history.Add(Event(
        id,
        e =>
        {
            e.TaskScheduled = new TaskScheduledEvent
            {
                Name = task.Name,
                Version = task.Version,
                Input = task.Input,
                ParentTraceContext = _started.ExecutionStarted.ParentTraceContext,
                TaskExecutionId = task.TaskExecutionId.Length > 0 ? task.TaskExecutionId : Guid.NewGuid().ToString(),
            };
            if (task.HasHistoryPropagationScope)
            {
                e.TaskScheduled.HistoryPropagationScope = task.HistoryPropagationScope;
            }
        },
        router));

    private void CreateChild(int id, CreateChildWorkflowAction child, TaskRouter? router) => _history.Add(Event(
        id,
        e =>
        {
            e.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent
            {
                InstanceId = child.InstanceId.Length > 0 ? child.InstanceId : $"{_instanceId}:{id:x4}",
                Name = child.Name,
                Version = child.Version,
                Input = child.Input,
                ParentTraceContext = _started.ExecutionStarted.ParentTraceContext,
            };
            if (child.HasHistoryPropagationScope)
            {
                e.ChildWorkflowInstanceCreated.HistoryPropagationScope = child.HistoryPropagationScope;
            }
        },
        router));

    private void SendEvent(int id, SendEventAction send)
    {
        _history.Add(Event(id, e => e.EventSent = new EventSentEvent { InstanceId = send.Instance.InstanceId, Name = send.Name, Input = send.Data }));
        _outbound.Add(new OutboundEvent(
            send.Instance.InstanceId, Event(-1, e => e.EventRaised = new EventRaisedEvent { Name = send.Name, Input = send.Data })));
    }

    private void Complete(int id, CompleteWorkflowAction complete, bool isTerminated)
    {
        if (complete.WorkflowStatus == OrchestrationStatus.ContinuedAsNew)
        {
            if (!isTerminated)
            {
                ContinueAsNew(complete);
            }

            return;
        }

        _isCompleted = true;
        _history.Add(Event(id, e => e.ExecutionCompleted = new ExecutionCompletedEvent
        {
            WorkflowStatus = complete.WorkflowStatus,
            Result = complete.Result,
            FailureDetails = complete.FailureDetails,
        }));
    }

    private void ContinueAsNew(CompleteWorkflowAction complete)
    {
        var started = _started.ExecutionStarted.Clone();
        started.Input = complete.Result;
        started.Version = complete.NewVersion ?? started.Version;
        started.ScheduledStartTimestamp = null;
        started.WorkflowInstance = new WorkflowInstance { InstanceId = _instanceId, ExecutionId = Guid.NewGuid().ToString() };
        _next = [Event(-1, e => e.ExecutionStarted = started), .. complete.CarryoverEvents];
    }

    private static TimerCreatedEvent TimerOf(CreateTimerAction timer)
    {
        // Throws for a time that is missing or none, while the answer can still be refused.
        _ = timer.FireAt.ToDateTimeOffset();
        var created = new TimerCreatedEvent { FireAt = timer.FireAt };
        if (timer.HasName)
        {
            created.Name = timer.Name;
        }

        switch (timer.OriginCase)
        {
            case CreateTimerAction.OriginOneofCase.CreateTimer:
                created.CreateTimer = timer.CreateTimer;
                break;
            case CreateTimerAction.OriginOneofCase.ExternalEvent:
                created.ExternalEvent = timer.ExternalEvent;
                break;
            case CreateTimerAction.OriginOneofCase.ActivityRetry:
                created.ActivityRetry = timer.ActivityRetry;
                break;
            case CreateTimerAction.OriginOneofCase.ChildWorkflowRetry:
                created.ChildWorkflowRetry = timer.ChildWorkflowRetry;
                break;
            default:
                break;
        }

        return created;
    }

    private HistoryEvent Event(int id, Action<HistoryEvent> fill, TaskRouter? router = null)
    {
        var historyEvent = new HistoryEvent { EventId = id, Timestamp = _now };
        fill(historyEvent);
        historyEvent.Router = router?.Clone() ?? new TaskRouter();
        historyEvent.Router.SourceAppID = _appId;
        return historyEvent;
    }
}
