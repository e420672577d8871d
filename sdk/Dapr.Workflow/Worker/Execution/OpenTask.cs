using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>An activity, timer or child workflow that the code has asked for and that has no end yet.</summary>
/// <param name="Kind">What was asked for.</param>
/// <param name="Name">Name of the activity or child workflow.</param>
internal sealed record OpenTask(Wire.WorkflowAction.WorkflowActionTypeOneofCase Kind, string Name)
{
    /// <summary>Completed by the event that ends it. Its continuations run at once, on the turn's own thread.</summary>
    public TaskCompletionSource<Wire.HistoryEvent> Completion { get; } = new();
}

/// <summary>The history holds something else than what the code does now.</summary>
internal sealed class NonDeterministicWorkflowException(string message) : Exception(message);
