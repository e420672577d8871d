namespace Dapr.Workflow.Client;

/// <summary>One event of an instance's history.</summary>
/// <param name="EventId">Number of the action it belongs to; -1 where there is none.</param>
/// <param name="EventType">What happened.</param>
/// <param name="Timestamp">When, in UTC.</param>
public sealed record WorkflowHistoryEvent(int EventId, WorkflowHistoryEventType EventType, DateTime Timestamp);
