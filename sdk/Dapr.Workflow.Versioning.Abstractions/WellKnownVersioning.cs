namespace Dapr.Workflow.Versioning;

/// <summary>Names that tools look for.</summary>
public static class WellKnownVersioning
{
    /// <summary>Full name of <see cref="WorkflowVersionAttribute"/>.</summary>
    public const string WorkflowVersionAttributeFullName = "Dapr.Workflow.Versioning.WorkflowVersionAttribute";
}
