namespace Dapr.Workflow;

/// <summary>How an activity or child workflow is run.</summary>
/// <param name="RetryPolicy">When to try again after a failure; null never.</param>
/// <param name="TargetAppId">The app that runs it; null is this app.</param>
/// <param name="PropagationScope">Which history the callee gets to see.</param>
public record WorkflowTaskOptions(WorkflowRetryPolicy? RetryPolicy = null, string? TargetAppId = null, HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
{
    /// <summary>The same options with another propagation of history.</summary>
    public WorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) => this with { PropagationScope = scope };
}

/// <summary>How a child workflow is run.</summary>
/// <param name="InstanceId">Id of the child; null makes one that is the same in every replay.</param>
/// <param name="RetryPolicy">When to try again after a failure; null never.</param>
/// <param name="TargetAppId">The app that runs it; null is this app.</param>
/// <param name="PropagationScope">Which history the callee gets to see.</param>
public record ChildWorkflowTaskOptions(
    string? InstanceId = null, WorkflowRetryPolicy? RetryPolicy = null, string? TargetAppId = null, HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
    : WorkflowTaskOptions(RetryPolicy, TargetAppId, PropagationScope)
{
    /// <summary>The same options with another propagation of history.</summary>
    public new ChildWorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) => this with { PropagationScope = scope };
}

/// <summary>Which history an activity or child workflow gets to see.</summary>
public enum HistoryPropagationScope
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>That of the calling workflow.</summary>
    OwnHistory = 1,

    /// <summary>That of the calling workflow and of all its ancestors.</summary>
    Lineage = 2,
}
