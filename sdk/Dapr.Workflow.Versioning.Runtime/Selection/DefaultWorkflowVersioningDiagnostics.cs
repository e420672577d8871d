namespace Dapr.Workflow.Versioning;

/// <summary>The words for what can be wrong with versions.</summary>
public sealed class DefaultWorkflowVersioningDiagnostics : IWorkflowVersionDiagnostics
{
    /// <inheritdoc/>
    public string UnknownStrategyTitle => "Unusable workflow versioning strategy";

    /// <inheritdoc/>
    public string CouldNotParseTitle => "The name of a workflow does not tell its version";

    /// <inheritdoc/>
    public string EmptyFamilyTitle => "A workflow without versions";

    /// <inheritdoc/>
    public string AmbiguousLatestTitle => "Several newest versions of a workflow";

    /// <inheritdoc/>
    public string UnknownStrategyMessage(string typeName, Type strategyType) =>
        $"'{strategyType?.FullName}', which workflow '{typeName}' names as its strategy, is not the one of its other versions, does not implement {nameof(IWorkflowVersionStrategy)}, or cannot be made.";

    /// <inheritdoc/>
    public string CouldNotParseMessage(string typeName) =>
        $"The name of workflow '{typeName}' does not follow the versioning strategy: rename the class, or say name and version with [WorkflowVersion].";

    /// <inheritdoc/>
    public string EmptyFamilyMessage(string canonicalName) => $"Workflow '{canonicalName}' has no version.";

    /// <inheritdoc/>
    public string AmbiguousLatestMessage(string canonicalName, IReadOnlyList<string>? versions) =>
        $"Several versions of workflow '{canonicalName}' are the newest: {string.Join(", ", versions ?? [])}.";
}
