namespace Dapr.Workflow.Versioning;

/// <summary>Reads versions from the names of classes, and orders them.</summary>
public interface IWorkflowVersionStrategy : IComparer<string>
{
    /// <summary>Takes a name apart.</summary>
    /// <param name="typeName">Name of a workflow class.</param>
    /// <param name="canonicalName">The name under which all versions are started.</param>
    /// <param name="version">The version.</param>
    /// <returns>False when the name does not follow the strategy.</returns>
    bool TryParse(string typeName, out string canonicalName, out string version);

    /// <summary>Orders two versions: negative when the first is the older one.</summary>
    new int Compare(string v1, string v2);
}
