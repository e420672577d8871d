using Dapr.Common.Serialization;
using Dapr.Workflow.Client;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow;

/// <summary>Where a workflow instance stands, as read at one moment.</summary>
public sealed class WorkflowState
{
    private readonly Wire.WorkflowState? _state;
    private readonly IDaprSerializer _serializer;

    internal WorkflowState(Wire.WorkflowState? state, IDaprSerializer serializer)
    {
        _state = state;
        _serializer = serializer;
        FailureDetails = WorkflowWireFormat.FromWire(state?.FailureDetails);
    }

    /// <summary>Name of the workflow.</summary>
    public string? WorkflowName => _state?.Name;

    /// <summary>Whether there is such an instance.</summary>
    public bool Exists => _state is not null;

    /// <summary>Whether it has begun and not ended.</summary>
    public bool IsWorkflowRunning => RuntimeStatus == WorkflowRuntimeStatus.Running;

    /// <summary>Whether it has ended: completed, failed or terminated.</summary>
    public bool IsWorkflowCompleted => RuntimeStatus is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated;

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt => _state?.CreatedTimestamp?.ToDateTimeOffset() ?? default;

    /// <summary>When it last made a step.</summary>
    public DateTimeOffset LastUpdatedAt => _state?.LastUpdatedTimestamp?.ToDateTimeOffset() ?? default;

    /// <summary>Its status; <see cref="WorkflowRuntimeStatus.Unknown"/> when it does not exist.</summary>
    public WorkflowRuntimeStatus RuntimeStatus => _state is null ? WorkflowRuntimeStatus.Unknown : (WorkflowRuntimeStatus)(int)_state.WorkflowStatus;

    /// <summary>How it failed; null when it did not.</summary>
    public WorkflowTaskFailureDetails? FailureDetails { get; }

    /// <summary>The input; the default value when there is none or it was not asked for.</summary>
    public T? ReadInputAs<T>() => Read<T>(_state?.Input);

    /// <summary>The output; the default value when there is none or it was not asked for.</summary>
    public T? ReadOutputAs<T>() => Read<T>(_state?.Output);

    /// <summary>The custom status; the default value when there is none or it was not asked for.</summary>
    public T? ReadCustomStatusAs<T>() => Read<T>(_state?.CustomStatus);

    private T? Read<T>(string? text) => string.IsNullOrEmpty(text) ? default : _serializer.Deserialize<T>(text);
}
