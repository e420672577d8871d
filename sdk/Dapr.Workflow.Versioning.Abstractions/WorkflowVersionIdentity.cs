namespace Dapr.Workflow.Versioning;

/// <summary>One version of a workflow.</summary>
/// <param name="CanonicalName">The name under which all versions are started.</param>
/// <param name="Version">The version, as its strategy writes it.</param>
/// <param name="TypeName">Name of the class.</param>
/// <param name="AssemblyName">Where the class is; null when that does not matter.</param>
public readonly record struct WorkflowVersionIdentity(string CanonicalName, string Version, string TypeName, string? AssemblyName = null)
{
    /// <summary>Name, version and class, for messages.</summary>
    public override string ToString() => $"{CanonicalName}@{Version} ({TypeName})";
}
