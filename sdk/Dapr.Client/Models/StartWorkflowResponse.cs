namespace Dapr.Client;

/// <summary>A workflow that was started. Left from earlier versions; workflows are managed by Dapr.Workflow.</summary>
/// <param name="InstanceId">Id of the workflow instance.</param>
public record StartWorkflowResponse(string InstanceId);
