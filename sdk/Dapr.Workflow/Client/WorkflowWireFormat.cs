using System.Diagnostics;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Client;

/// <summary>Conversions between the SDK's types and those of the wire.</summary>
internal static class WorkflowWireFormat
{
    public static WorkflowTaskFailureDetails? FromWire(Wire.TaskFailureDetails? failure) => failure is null
        ? null
        : new WorkflowTaskFailureDetails(failure.ErrorType, failure.ErrorMessage, failure.StackTrace) { IsNonRetriable = failure.IsNonRetriable };

    public static Wire.TaskFailureDetails ToWire(Exception error) => new()
    {
        ErrorType = error.GetType().FullName ?? error.GetType().Name,
        ErrorMessage = error.Message,
        StackTrace = error.StackTrace ?? "",
        InnerFailure = error.InnerException is { } inner ? ToWire(inner) : null,
    };

    public static WorkflowHistoryEvent FromWire(Wire.HistoryEvent e) => new(e.EventId, TypeOf(e.EventTypeCase), e.Timestamp?.ToDateTime() ?? default);

    public static Wire.TraceContext? CurrentTraceContext() => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } current
        ? new Wire.TraceContext { TraceParent = id, TraceState = current.TraceStateString }
        : null;

    public static ActivityContext? FromWire(Wire.TraceContext? context) =>
        context is not null && ActivityContext.TryParse(context.TraceParent, context.TraceState, isRemote: true, out var parsed) ? parsed : null;

    private static WorkflowHistoryEventType TypeOf(Wire.HistoryEvent.EventTypeOneofCase type) => type switch
    {
        Wire.HistoryEvent.EventTypeOneofCase.ExecutionStarted => WorkflowHistoryEventType.ExecutionStarted,
        Wire.HistoryEvent.EventTypeOneofCase.ExecutionCompleted => WorkflowHistoryEventType.ExecutionCompleted,
        Wire.HistoryEvent.EventTypeOneofCase.ExecutionTerminated => WorkflowHistoryEventType.ExecutionTerminated,
        Wire.HistoryEvent.EventTypeOneofCase.TaskScheduled => WorkflowHistoryEventType.TaskScheduled,
        Wire.HistoryEvent.EventTypeOneofCase.TaskCompleted => WorkflowHistoryEventType.TaskCompleted,
        Wire.HistoryEvent.EventTypeOneofCase.TaskFailed => WorkflowHistoryEventType.TaskFailed,
        Wire.HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated => WorkflowHistoryEventType.SubOrchestrationInstanceCreated,
        Wire.HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted => WorkflowHistoryEventType.SubOrchestrationInstanceCompleted,
        Wire.HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed => WorkflowHistoryEventType.SubOrchestrationInstanceFailed,
        Wire.HistoryEvent.EventTypeOneofCase.TimerCreated => WorkflowHistoryEventType.TimerCreated,
        Wire.HistoryEvent.EventTypeOneofCase.TimerFired => WorkflowHistoryEventType.TimerFired,
        Wire.HistoryEvent.EventTypeOneofCase.WorkflowStarted => WorkflowHistoryEventType.OrchestratorStarted,
        Wire.HistoryEvent.EventTypeOneofCase.WorkflowCompleted => WorkflowHistoryEventType.OrchestratorCompleted,
        Wire.HistoryEvent.EventTypeOneofCase.EventSent => WorkflowHistoryEventType.EventSent,
        Wire.HistoryEvent.EventTypeOneofCase.EventRaised => WorkflowHistoryEventType.EventRaised,
        Wire.HistoryEvent.EventTypeOneofCase.ContinueAsNew => WorkflowHistoryEventType.ContinueAsNew,
        Wire.HistoryEvent.EventTypeOneofCase.ExecutionSuspended => WorkflowHistoryEventType.ExecutionSuspended,
        Wire.HistoryEvent.EventTypeOneofCase.ExecutionResumed => WorkflowHistoryEventType.ExecutionResumed,
        Wire.HistoryEvent.EventTypeOneofCase.ExecutionStalled => WorkflowHistoryEventType.ExecutionStalled,
        _ => WorkflowHistoryEventType.Unknown,
    };
}
