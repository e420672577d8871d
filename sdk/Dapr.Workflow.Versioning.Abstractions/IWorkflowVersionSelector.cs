namespace Dapr.Workflow.Versioning;

/// <summary>Chooses the version that new instances take.</summary>
public interface IWorkflowVersionSelector
{
    /// <summary>Chooses among the versions of one workflow.</summary>
    /// <param name="canonicalName">The workflow.</param>
    /// <param name="candidates">Its versions; at least one.</param>
    /// <param name="strategy">Orders them.</param>
    WorkflowVersionIdentity SelectLatest(string canonicalName, IReadOnlyCollection<WorkflowVersionIdentity> candidates, IWorkflowVersionStrategy strategy);
}
