namespace Dapr.Workflow.Client;

/// <summary>One page of instance ids.</summary>
/// <param name="InstanceIds">The ids.</param>
/// <param name="ContinuationToken">What to ask the next page with; null on the last.</param>
public sealed record WorkflowInstancePage(IReadOnlyList<string> InstanceIds, string? ContinuationToken);
