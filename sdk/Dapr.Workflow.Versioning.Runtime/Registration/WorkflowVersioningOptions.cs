namespace Dapr.Workflow.Versioning;

/// <summary>How an app's workflows are versioned.</summary>
public sealed class WorkflowVersioningOptions
{
    /// <summary>Makes the strategy; null for <see cref="NumericVersionStrategy"/>.</summary>
    public Func<IServiceProvider, IWorkflowVersionStrategy>? DefaultStrategy { get; set; }

    /// <summary>Makes the selector; null for <see cref="MaxVersionSelector"/>.</summary>
    public Func<IServiceProvider, IWorkflowVersionSelector>? DefaultSelector { get; set; }
}
