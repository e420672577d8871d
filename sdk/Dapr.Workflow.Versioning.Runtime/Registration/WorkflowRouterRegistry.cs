namespace Dapr.Workflow.Versioning;

/// <summary>Knows the versions of every workflow of this app.</summary>
public sealed class WorkflowRouterRegistry : IWorkflowRouterRegistry
{
    private volatile Known _known = new([], []);

    /// <inheritdoc/>
    public void UpdateRoutes(IReadOnlyDictionary<string, IReadOnlyList<string>> routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        _known = new Known([.. routes.Keys, .. routes.Values.SelectMany(names => names).Where(name => !string.IsNullOrWhiteSpace(name))], [.. routes.Values]);
    }

    /// <inheritdoc/>
    public bool Contains(string workflowName) => !string.IsNullOrWhiteSpace(workflowName) && _known.Names.Contains(workflowName);

    /// <inheritdoc/>
    public bool TryResolveLatest(out string workflowName)
    {
        workflowName = _known.Routes is [[var newest, ..]] ? newest : string.Empty;
        return workflowName.Length > 0;
    }

    private sealed record Known(HashSet<string> Names, IReadOnlyList<IReadOnlyList<string>> Routes);
}
