namespace Dapr.Workflow.Versioning;

/// <summary>The words for what can be wrong with versions.</summary>
public interface IWorkflowVersionDiagnostics
{
    /// <summary>Title of <see cref="IWorkflowVersioningDiagnosticIds.UnknownStrategy"/>.</summary>
    string UnknownStrategyTitle { get; }

    /// <summary>Title of <see cref="IWorkflowVersioningDiagnosticIds.CouldNotParse"/>.</summary>
    string CouldNotParseTitle { get; }

    /// <summary>Title of <see cref="IWorkflowVersioningDiagnosticIds.EmptyFamily"/>.</summary>
    string EmptyFamilyTitle { get; }

    /// <summary>Title of <see cref="IWorkflowVersioningDiagnosticIds.AmbiguousLatest"/>.</summary>
    string AmbiguousLatestTitle { get; }

    /// <summary>A strategy is none, or cannot be made.</summary>
    string UnknownStrategyMessage(string typeName, Type strategyType);

    /// <summary>The name of a class does not follow the strategy.</summary>
    string CouldNotParseMessage(string typeName);

    /// <summary>A workflow has no version.</summary>
    string EmptyFamilyMessage(string canonicalName);

    /// <summary>Several versions are the newest.</summary>
    string AmbiguousLatestMessage(string canonicalName, IReadOnlyList<string>? versions);
}
