namespace Dapr.Workflow.Versioning;

/// <summary>A strategy that wants to know what it is made for.</summary>
public interface IWorkflowVersionStrategyContextConsumer
{
    /// <summary>Called once, before anything else.</summary>
    void Configure(WorkflowVersionStrategyContext context);
}
