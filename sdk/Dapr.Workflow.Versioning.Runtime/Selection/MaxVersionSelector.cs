namespace Dapr.Workflow.Versioning;

/// <summary>New instances take the newest version. This is the default.</summary>
public sealed class MaxVersionSelector : IWorkflowVersionSelector
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no version.</exception>
    public WorkflowVersionIdentity SelectLatest(string canonicalName, IReadOnlyCollection<WorkflowVersionIdentity> candidates, IWorkflowVersionStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(strategy);
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Count, nameof(candidates));
        return candidates.MaxBy(candidate => candidate.Version, strategy);
    }
}
