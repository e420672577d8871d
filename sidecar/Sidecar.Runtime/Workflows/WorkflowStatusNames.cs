using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>Statuses in the words of Dapr's management API.</summary>
public static class WorkflowStatusNames
{
    /// <summary>Status as the management API names it.</summary>
    public static string Of(WorkflowState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.WorkflowStatus switch
        {
            OrchestrationStatus.Running => "RUNNING",
            OrchestrationStatus.Completed => "COMPLETED",
            OrchestrationStatus.ContinuedAsNew => "CONTINUED_AS_NEW",
            OrchestrationStatus.Failed => "FAILED",
            OrchestrationStatus.Canceled => "CANCELED",
            OrchestrationStatus.Terminated => "TERMINATED",
            OrchestrationStatus.Pending => "PENDING",
            OrchestrationStatus.Suspended => "SUSPENDED",
            _ => "UNKNOWN",
        };
    }
}
