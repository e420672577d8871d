using Dapr.Common.Serialization;
using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using Dapr.Workflow.Worker;
using Dapr.Workflow.Worker.Execution;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowActionType = Dapr.Protocol.Workflow.WorkflowAction.WorkflowActionTypeOneofCase;

namespace Workflow.Tests.Execution;

/// <summary>
/// Drives the executor turn by turn as the runtime does: each turn gets the committed history and new events, and what it asks for is committed after it.
/// Every turn is run twice, so that a workflow that is not deterministic shows.
/// </summary>
internal sealed class WorkflowTurns
{
    private readonly WorkflowExecutor _executor;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public WorkflowTurns(Action<IWorkflowsFactory> register, ILoggerFactory? logs = null, string instanceId = "order-1")
    {
        var factory = new WorkflowsFactory(NullLogger<WorkflowsFactory>.Instance);
        register(factory);
        _executor = new WorkflowExecutor(factory, new JsonDaprSerializer(), logs ?? NullLoggerFactory.Instance);
        InstanceId = instanceId;
    }

    public string InstanceId { get; }

    public List<HistoryEvent> History { get; } = [];

    public DateTime Now { get; set; } = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    public string? CustomStatus { get; private set; }

    public WorkflowResponse LastResponse { get; private set; } = new();

    public static WorkflowTurns Of<TInput, TOutput>(Func<WorkflowContext, TInput, Task<TOutput>> workflow, ILoggerFactory? logs = null) =>
        new(factory => factory.RegisterWorkflow("Test", workflow), logs);

    /// <summary>Starts the workflow and returns what it asked for first.</summary>
    public List<WorkflowAction> Start(string input = "", string executionId = "execution-1", string name = "Test") => Turn(new HistoryEvent
    {
        EventId = -1,
        ExecutionStarted = new ExecutionStartedEvent
        {
            Name = name,
            Input = input,
            WorkflowInstance = new WorkflowInstance { InstanceId = InstanceId, ExecutionId = executionId },
        },
    });

    public List<WorkflowAction> Completed(int id, string result = "") =>
        Turn(new HistoryEvent { EventId = -1, TaskCompleted = new TaskCompletedEvent { TaskScheduledId = id, Result = result } });

    public List<WorkflowAction> Failed(int id, string type = "System.InvalidOperationException", string message = "broken", bool isNonRetriable = false) =>
        Turn(new HistoryEvent
        {
            EventId = -1,
            TaskFailed = new TaskFailedEvent
            {
                TaskScheduledId = id,
                FailureDetails = new TaskFailureDetails { ErrorType = type, ErrorMessage = message, StackTrace = "", IsNonRetriable = isNonRetriable },
            },
        });

    public List<WorkflowAction> Fired(int id)
    {
        var fireAt = History.Single(e => e.TimerCreated is not null && e.EventId == id).TimerCreated.FireAt;
        Now = fireAt.ToDateTime() > Now ? fireAt.ToDateTime() : Now;
        return Turn(new HistoryEvent { EventId = -1, TimerFired = new TimerFiredEvent { TimerId = id, FireAt = fireAt } });
    }

    public static HistoryEvent Raised(string name, string payload = "") => new() { EventId = -1, EventRaised = new EventRaisedEvent { Name = name, Input = payload } };

    public List<WorkflowAction> Turn(params HistoryEvent[] events)
    {
        var turn = new List<HistoryEvent> { new() { EventId = -1, Timestamp = Timestamp.FromDateTime(Now), WorkflowStarted = new WorkflowStartedEvent() } };
        turn.AddRange(events);
        var request = new WorkflowRequest { InstanceId = InstanceId, PastEvents = { History }, NewEvents = { turn } };
        LastResponse = _executor.Execute(request.Clone(), _services);
        Assert.Equal(LastResponse, _executor.Execute(request.Clone(), _services), IgnoreStackTraces.Instance);
        Commit(turn, LastResponse);
        return [.. LastResponse.Actions];
    }

    private void Commit(List<HistoryEvent> turn, WorkflowResponse response)
    {
        CustomStatus = response.CustomStatus;
        if (response.Version is { } version)
            turn[0].WorkflowStarted.Version = version;
        History.AddRange(turn);
        foreach (var action in response.Actions)
        {
            var e = new HistoryEvent { EventId = action.Id, Timestamp = Timestamp.FromDateTime(Now) };
            switch (action.WorkflowActionTypeCase)
            {
                case WorkflowActionType.ScheduleTask:
                    e.TaskScheduled = new TaskScheduledEvent { Name = action.ScheduleTask.Name, Input = action.ScheduleTask.Input, TaskExecutionId = action.ScheduleTask.TaskExecutionId };
                    break;
                case WorkflowActionType.CreateTimer:
                    e.TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt };
                    break;
                case WorkflowActionType.CreateChildWorkflow:
                    e.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent { InstanceId = action.CreateChildWorkflow.InstanceId, Name = action.CreateChildWorkflow.Name };
                    break;
                case WorkflowActionType.SendEvent:
                    e.EventSent = new EventSentEvent { InstanceId = action.SendEvent.Instance.InstanceId, Name = action.SendEvent.Name };
                    break;
                default:
                    continue;
            }
            History.Add(e);
        }
    }

    private sealed class IgnoreStackTraces : IEqualityComparer<WorkflowResponse>
    {
        public static readonly IgnoreStackTraces Instance = new();

        public bool Equals(WorkflowResponse? x, WorkflowResponse? y) => Strip(x!).Equals(Strip(y!));

        public int GetHashCode(WorkflowResponse obj) => 0;

        private static WorkflowResponse Strip(WorkflowResponse response)
        {
            var copy = response.Clone();
            foreach (var failure in copy.Actions.Select(action => action.CompleteWorkflow?.FailureDetails).OfType<TaskFailureDetails>())
                failure.StackTrace = "";
            return copy;
        }
    }
}

internal static class ActionAssertions
{
    public static CompleteWorkflowAction Completion(this List<WorkflowAction> actions) => actions.Single(action => action.CompleteWorkflow is not null).CompleteWorkflow;

    public static WorkflowAction Only(this List<WorkflowAction> actions) => Assert.Single(actions);
}
