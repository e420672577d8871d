namespace Dapr.Workflow;

/// <summary>An activity or a child workflow failed.</summary>
/// <param name="message">What failed.</param>
/// <param name="failureDetails">How it failed.</param>
#pragma warning disable CA1032 // the constructors are Dapr's own
public class WorkflowTaskFailedException(string message, WorkflowTaskFailureDetails failureDetails) : Exception(message)
#pragma warning restore CA1032
{
    /// <summary>How it failed.</summary>
    public WorkflowTaskFailureDetails FailureDetails { get; } = failureDetails;
}
