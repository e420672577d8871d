namespace Dapr.Workflow.Versioning;

/// <summary>Knows the versions of every workflow of this app, newest first.</summary>
public interface IWorkflowRouterRegistry
{
    /// <summary>Replaces what is known.</summary>
    /// <param name="routes">For each canonical name the names of its versions, the one for new instances first.</param>
    void UpdateRoutes(IReadOnlyDictionary<string, IReadOnlyList<string>> routes);

    /// <summary>Whether this is a canonical name or the name of a version.</summary>
    bool Contains(string workflowName);

    /// <summary>The newest version, when the app has one workflow only.</summary>
    /// <param name="workflowName">Its name; empty when there is no such thing.</param>
    bool TryResolveLatest(out string workflowName);
}
