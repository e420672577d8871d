using Dapr.Common;
using Dapr.Workflow.Client;

namespace Dapr.Workflow;

/// <summary>Starts, watches and steers workflow instances of this app.</summary>
public interface IDaprWorkflowClient : IDaprClient, IAsyncDisposable
{
    /// <summary>Starts a workflow at once.</summary>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="instanceId">Id of the instance; null makes a new one.</param>
    /// <param name="input">Its input, or null.</param>
    /// <returns>The instance id.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null);

    /// <summary>Starts a workflow at a point in time.</summary>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="instanceId">Id of the instance; null makes a new one.</param>
    /// <param name="input">Its input, or null.</param>
    /// <param name="startTime">When it begins; a time without a kind is local; null is at once.</param>
    /// <returns>The instance id.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime);

    /// <summary>Starts a workflow at a point in time.</summary>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="instanceId">Id of the instance; null makes a new one.</param>
    /// <param name="input">Its input, or null.</param>
    /// <param name="startTime">When it begins; null is at once.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    /// <returns>The instance id.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation = default);

    /// <summary>Reads where an instance stands.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read input, output and custom status too.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    /// <returns>The state; its <see cref="WorkflowState.Exists"/> is false when there is no such instance.</returns>
    Task<WorkflowState> GetWorkflowStateAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has begun.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read input, output and custom status too.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    Task<WorkflowState> WaitForWorkflowStartAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has ended.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read input, output and custom status too.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    Task<WorkflowState> WaitForWorkflowCompletionAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Raises an event for an instance, which may wait for it now or later.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">Name of the event; compares without case.</param>
    /// <param name="eventPayload">Its payload, or null.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    /// <summary>Stops an instance and its children; running activities end by themselves.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="output">The output to record.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default);

    /// <summary>Holds an instance until it is resumed.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Lets a held instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Deletes what is stored of an ended instance and its children.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    /// <returns>Whether anything was deleted.</returns>
    Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Lists the ids of this app's instances, page by page.</summary>
    /// <param name="continuationToken">From the page before; null begins.</param>
    /// <param name="pageSize">How many at most; null leaves it to the sidecar.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    Task<WorkflowInstancePage> ListInstanceIdsAsync(string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default);

    /// <summary>Reads the history of an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Runs an instance again from one of its events, as a new instance.</summary>
    /// <param name="sourceInstanceId">The instance to repeat.</param>
    /// <param name="eventId">The event to begin with.</param>
    /// <param name="options">Id and input of the new instance.</param>
    /// <param name="cancellation">Stops the waiting for the sidecar.</param>
    /// <returns>Id of the new instance.</returns>
    Task<string> RerunWorkflowFromEventAsync(string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options = null, CancellationToken cancellation = default);
}
