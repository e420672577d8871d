using Dapr.Common.Serialization;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Workflow.Client;
using Google.Protobuf.WellKnownTypes;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow;

/// <summary>Starts, watches and steers workflow instances of this app, by the sidecar's workflow protocol.</summary>
public sealed class DaprWorkflowClient : IDaprWorkflowClient
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(15);

    private readonly GrpcChannel _channel;
    private readonly IDaprSerializer _serializer;
    private readonly TimeProvider _time;

    internal DaprWorkflowClient(GrpcChannel channel, IDaprSerializer serializer, TimeProvider? time = null)
    {
        _channel = channel;
        _serializer = serializer;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null) =>
        ScheduleNewWorkflowAsync(name, instanceId, input, (DateTimeOffset?)null);

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime) =>
        ScheduleNewWorkflowAsync(name, instanceId, input, startTime is { } time ? new DateTimeOffset(time) : (DateTimeOffset?)null);

    /// <inheritdoc />
    public async Task<string> ScheduleNewWorkflowAsync(
        string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var response = await _channel.UnaryAsync(TaskHubMethods.StartInstance, new Wire.CreateInstanceRequest
        {
            InstanceId = string.IsNullOrEmpty(instanceId) ? Guid.NewGuid().ToString() : instanceId,
            Name = name,
            Input = _serializer.Serialize(input),
            ScheduledStartTimestamp = startTime is { } time ? Timestamp.FromDateTimeOffset(time) : null,
            ParentTraceContext = WorkflowWireFormat.CurrentTraceContext(),
        }, cancellationToken: cancellation);
        return response.InstanceId;
    }

    /// <inheritdoc />
    public async Task<WorkflowState> GetWorkflowStateAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        try
        {
            return ToState(await _channel.UnaryAsync(TaskHubMethods.GetInstance, InstanceRequest(instanceId, getInputsAndOutputs), cancellationToken: cancellation));
        }
        catch (GrpcException e) when (e.StatusCode == GrpcStatusCode.NotFound)
        {
            return new WorkflowState(null, _serializer);
        }
    }

    /// <inheritdoc />
    public Task<WorkflowState> WaitForWorkflowStartAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default) =>
        WaitAsync(TaskHubMethods.WaitForInstanceStart, instanceId, getInputsAndOutputs, cancellation);

    /// <inheritdoc />
    public async Task<WorkflowState> WaitForWorkflowCompletionAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        var ended = await WaitAsync(TaskHubMethods.WaitForInstanceCompletion, instanceId, getInputsAndOutputs, cancellation);

        // As the official client does: what the wait answers need not hold them.
        return getInputsAndOutputs && await GetWorkflowStateAsync(instanceId, getInputsAndOutputs, cancellation) is { Exists: true } whole ? whole : ended;
    }

    /// <inheritdoc />
    public async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        await _channel.UnaryAsync(
            TaskHubMethods.RaiseEvent, new Wire.RaiseEventRequest { InstanceId = instanceId, Name = eventName, Input = _serializer.Serialize(eventPayload) },
            cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await _channel.UnaryAsync(
            TaskHubMethods.TerminateInstance, new Wire.TerminateRequest { InstanceId = instanceId, Output = _serializer.Serialize(output), Recursive = true },
            cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await _channel.UnaryAsync(TaskHubMethods.SuspendInstance, new Wire.SuspendRequest { InstanceId = instanceId, Reason = reason ?? "" }, cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await _channel.UnaryAsync(TaskHubMethods.ResumeInstance, new Wire.ResumeRequest { InstanceId = instanceId, Reason = reason ?? "" }, cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var response = await _channel.UnaryAsync(
            TaskHubMethods.PurgeInstances, new Wire.PurgeInstancesRequest { InstanceId = instanceId, Recursive = true }, cancellationToken: cancellation);
        return response.DeletedInstanceCount > 0;
    }

    /// <inheritdoc />
    public async Task<WorkflowInstancePage> ListInstanceIdsAsync(string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default)
    {
        var request = new Wire.ListInstanceIDsRequest();
        if (continuationToken is not null)
            request.ContinuationToken = continuationToken;
        if (pageSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(pageSize));
            request.PageSize = (uint)size;
        }
        var response = await NewerAsync("ListInstanceIDs", _channel.UnaryAsync(TaskHubMethods.ListInstanceIds, request, cancellationToken: cancellation));
        return new WorkflowInstancePage([.. response.InstanceIds], response.HasContinuationToken ? response.ContinuationToken : null);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var response = await NewerAsync("GetInstanceHistory", _channel.UnaryAsync(
            TaskHubMethods.GetInstanceHistory, new Wire.GetInstanceHistoryRequest { InstanceId = instanceId }, cancellationToken: cancellation));
        return [.. response.Events.Select(WorkflowWireFormat.FromWire)];
    }

    /// <inheritdoc />
    public async Task<string> RerunWorkflowFromEventAsync(
        string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourceInstanceId);
        if (options is { Input: not null, OverwriteInput: false })
            throw new ArgumentException("OverwriteInput must be true when Input is set.", nameof(options));
        var request = new Wire.RerunWorkflowFromEventRequest { SourceInstanceID = sourceInstanceId, EventID = eventId };
        if (options?.NewInstanceId is { } newId)
            request.NewInstanceID = newId;
        if (options is { OverwriteInput: true })
        {
            request.OverwriteInput = true;
            request.Input = _serializer.Serialize(options.Input);
        }
        return (await NewerAsync("RerunWorkflowFromEvent", _channel.UnaryAsync(TaskHubMethods.RerunWorkflowFromEvent, request, cancellationToken: cancellation))).NewInstanceID;
    }

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    // The sidecar holds such a call open; when it or a proxy gives up waiting, the wait is asked for again.
    private async Task<WorkflowState> WaitAsync(
        GrpcMethod<Wire.GetInstanceRequest, Wire.GetInstanceResponse> method, string instanceId, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        var request = InstanceRequest(instanceId, getInputsAndOutputs);
        for (var delay = FirstRetryDelay; ; delay = delay * 2 < LongestRetryDelay ? delay * 2 : LongestRetryDelay)
        {
            try
            {
                var response = await _channel.UnaryAsync(method, request, cancellationToken: cancellation);
                return response.Exists ? ToState(response) : throw new InvalidOperationException($"Workflow instance '{instanceId}' does not exist");
            }
            catch (GrpcException e) when (e.StatusCode is GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Unavailable)
            {
                await Task.Delay(delay, _time, cancellation);
            }
        }
    }

    /// <summary>A method that older runtimes lack: they take it for a call to be proxied to an application, and miss the application's id.</summary>
    private static async Task<T> NewerAsync<T>(string method, Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (GrpcException e) when (e.StatusCode == GrpcStatusCode.Unknown
            && e.Detail.Contains("required metadata", StringComparison.OrdinalIgnoreCase) && e.Detail.Contains("dapr-app-id", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException($"{method} is not supported by the current Dapr runtime version. Please upgrade to a newer Dapr release.", e);
        }
    }

    private static Wire.GetInstanceRequest InstanceRequest(string instanceId, bool getInputsAndOutputs)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return new Wire.GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = getInputsAndOutputs };
    }

    private WorkflowState ToState(Wire.GetInstanceResponse response) => new(response.Exists ? response.WorkflowState : null, _serializer);
}
