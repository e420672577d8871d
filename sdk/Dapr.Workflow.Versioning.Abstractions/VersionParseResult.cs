namespace Dapr.Workflow.Versioning;

/// <summary>What the name of a class, or its attribute, says.</summary>
/// <param name="CanonicalName">The name under which all versions are started.</param>
/// <param name="Version">The version.</param>
/// <param name="IsExplicit">It was said by <see cref="WorkflowVersionAttribute"/>.</param>
public readonly record struct VersionParseResult(string CanonicalName, string Version, bool IsExplicit);
