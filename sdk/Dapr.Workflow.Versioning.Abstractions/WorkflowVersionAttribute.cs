namespace Dapr.Workflow.Versioning;

/// <summary>Says of a workflow class what its name does not: which workflow it is a version of, and which version.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class WorkflowVersionAttribute : Attribute
{
    /// <summary>The name under which all versions are started; null takes it from the name of the class.</summary>
    public string? CanonicalName { get; init; }

    /// <summary>The version; null takes it from the name of the class.</summary>
    public string? Version { get; init; }

    /// <summary>An <see cref="IWorkflowVersionStrategy"/> for this workflow; null takes the app's.</summary>
    public Type? StrategyType { get; init; }

    /// <summary>Name of the strategy's options; null takes the default ones.</summary>
    public string? OptionsName { get; init; }
}
