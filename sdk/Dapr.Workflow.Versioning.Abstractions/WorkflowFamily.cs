namespace Dapr.Workflow.Versioning;

/// <summary>All versions of one workflow.</summary>
/// <param name="CanonicalName">The name under which they are started.</param>
/// <param name="Versions">The versions, in no order.</param>
public sealed record WorkflowFamily(string CanonicalName, IReadOnlyCollection<WorkflowVersionIdentity> Versions);
