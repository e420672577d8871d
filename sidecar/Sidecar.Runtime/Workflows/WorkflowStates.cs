using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>Shows an instance as clients see it.</summary>
internal static class WorkflowStates
{
    /// <summary>Called under the instance's lock.</summary>
    public static WorkflowState Of(LiveWorkflow instance, bool withData)
    {
        var execution = instance.Execution;
        var started = instance.Started;
        var completed = execution.Completed?.ExecutionCompleted;
        var state = new WorkflowState
        {
            InstanceId = instance.Id,
            Name = started?.ExecutionStarted.Name ?? "",
            Version = execution.Version ?? started?.ExecutionStarted.Version,
            WorkflowStatus = instance.Status,
            ScheduledStartTimestamp = started?.ExecutionStarted.ScheduledStartTimestamp,
            CreatedTimestamp = started?.Timestamp,
            LastUpdatedTimestamp = execution.UpdatedAt ?? started?.Timestamp,
            CompletedTimestamp = execution.Completed?.Timestamp,
            ExecutionId = started?.ExecutionStarted.WorkflowInstance?.ExecutionId,
            ParentInstanceId = execution.Parent?.WorkflowInstance?.InstanceId,
        };
        if (execution.Parent is { HasAppID: true } parent)
        {
            state.ParentAppId = parent.AppID;
        }

        if (execution.Started is not null)
        {
            state.StartedAt = execution.CreatedAt;
        }

        if (withData)
        {
            state.Input = started?.ExecutionStarted.Input;
            state.Output = completed?.Result;
            state.CustomStatus = instance.CustomStatus;
            state.FailureDetails = completed?.FailureDetails;
        }

        return state;
    }
}
