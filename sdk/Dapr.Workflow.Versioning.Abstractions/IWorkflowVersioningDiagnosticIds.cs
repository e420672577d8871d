namespace Dapr.Workflow.Versioning;

#pragma warning disable CA1707, IDE1006, CA1711 // the name is Dapr's own

/// <summary>Numbers of what can be wrong with versions.</summary>
public static class IWorkflowVersioningDiagnosticIds
{
    /// <summary>A strategy is none, or cannot be made.</summary>
    public const string UnknownStrategy = "DWV001";

    /// <summary>The name of a class does not follow the strategy.</summary>
    public const string CouldNotParse = "DWV002";

    /// <summary>A workflow has no version.</summary>
    public const string EmptyFamily = "DWV003";

    /// <summary>Several versions are the newest.</summary>
    public const string AmbiguousLatest = "DWV004";
}
