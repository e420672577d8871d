namespace Dapr.Workflow.Versioning;

/// <summary>Resolves by the app's default strategy and selector.</summary>
/// <param name="services">Where strategy and selector come from.</param>
/// <param name="options">Which they are.</param>
/// <param name="diagnostics">The words for what is wrong.</param>
public sealed class WorkflowVersionResolver(IServiceProvider services, WorkflowVersioningOptions options, IWorkflowVersionDiagnostics diagnostics) : IWorkflowVersionResolver
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No strategy is configured.</exception>
    public bool TryGetLatest(WorkflowFamily family, out WorkflowVersionIdentity latest, out string? diagnosticId, out string? diagnosticMessage)
    {
        ArgumentNullException.ThrowIfNull(family);
        (latest, diagnosticId, diagnosticMessage) = (default, null, null);
        if (family.Versions is not { Count: > 0 })
        {
            (diagnosticId, diagnosticMessage) = (IWorkflowVersioningDiagnosticIds.EmptyFamily, diagnostics.EmptyFamilyMessage(family.CanonicalName));
            return false;
        }

        var strategy = options.DefaultStrategy?.Invoke(services) ?? throw new InvalidOperationException("No default workflow versioning strategy is configured.");
        var selector = options.DefaultSelector?.Invoke(services) ?? new MaxVersionSelector();
        try
        {
            latest = selector.SelectLatest(family.CanonicalName, family.Versions, strategy);
            return true;
        }
        catch (InvalidOperationException)
        {
            // A selector of one's own says so when it cannot decide.
            var newest = family.Versions.Select(version => version.Version).Max(strategy);
            var tied = family.Versions.Where(version => strategy.Compare(version.Version, newest!) == 0).Select(version => version.Version).ToList();
            (diagnosticId, diagnosticMessage) = (IWorkflowVersioningDiagnosticIds.AmbiguousLatest, diagnostics.AmbiguousLatestMessage(family.CanonicalName, tied));
            return false;
        }
    }
}
