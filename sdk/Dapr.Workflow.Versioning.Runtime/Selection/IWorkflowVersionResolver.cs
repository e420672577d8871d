namespace Dapr.Workflow.Versioning;

/// <summary>Finds the version that new instances take.</summary>
public interface IWorkflowVersionResolver
{
    /// <summary>Chooses among the versions of a workflow.</summary>
    /// <param name="family">The workflow.</param>
    /// <param name="latest">The version.</param>
    /// <param name="diagnosticId">What is wrong, see <see cref="IWorkflowVersioningDiagnosticIds"/>; null when nothing is.</param>
    /// <param name="diagnosticMessage">The same in words.</param>
    /// <returns>Whether there is one.</returns>
    bool TryGetLatest(WorkflowFamily family, out WorkflowVersionIdentity latest, out string? diagnosticId, out string? diagnosticMessage);
}
