using Dapr;
using Dapr.Common.Serialization;
using Dapr.Workflow;
using Dapr.Workflow.Client;
using Simulation.Faults;
using Wire = Dapr.Protocol.Workflow;

namespace Simulation.Seams;

/// <summary>The saga's way to the workflow engine.</summary>
internal sealed class SimulatedWorkflowClient(World world, Replica replica) : IDaprWorkflowClient
{
    private static readonly Fault[] _faults = [Fault.CrashBefore, Fault.CrashAfter, Fault.Refused, Fault.AnswerLost, Fault.Late];
    private static readonly JsonDaprSerializer _serializer = new();

    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation) =>
        StepAsync("starts", instanceId!, () =>
        {
            if (world.Workflows.Find(instanceId!) is { HasEnded: false })
            {
                throw new DaprException($"an active workflow with ID '{instanceId}' already exists");
            }

            world.Workflows.Start(name, instanceId!, _serializer.Serialize(input));
            return instanceId!;
        });

    public Task<WorkflowState> GetWorkflowStateAsync(string instanceId, bool getInputsAndOutputs, CancellationToken cancellation) =>
        StepAsync("looks for", instanceId, () => new WorkflowState(
            world.Workflows.Find(instanceId) is { } instance ? new Wire.WorkflowState { InstanceId = instance.Id, Name = instance.Name, WorkflowStatus = instance.Status } : null, _serializer));

    public Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload, CancellationToken cancellation) =>
        StepAsync("raises " + eventName + " for", instanceId, () =>
        {
            world.Tell($"{replica} raises {eventName} for workflow {instanceId}");
            if (world.Workflows.Find(instanceId) is { } instance)
            {
                world.Workflows.Raise(instance, eventName, _serializer.Serialize(eventPayload));
            }

            return true;
        });

    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input) => throw Unasked();

    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime) => throw Unasked();

    public Task<WorkflowState> WaitForWorkflowStartAsync(string instanceId, bool getInputsAndOutputs, CancellationToken cancellation) => throw Unasked();

    public Task<WorkflowState> WaitForWorkflowCompletionAsync(string instanceId, bool getInputsAndOutputs, CancellationToken cancellation) => throw Unasked();

    public Task TerminateWorkflowAsync(string instanceId, object? output, CancellationToken cancellation) => throw Unasked();

    public Task SuspendWorkflowAsync(string instanceId, string? reason, CancellationToken cancellation) => throw Unasked();

    public Task ResumeWorkflowAsync(string instanceId, string? reason, CancellationToken cancellation) => throw Unasked();

    public Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation) => throw Unasked();

    public Task<WorkflowInstancePage> ListInstanceIdsAsync(string? continuationToken, int? pageSize, CancellationToken cancellation) => throw Unasked();

    public Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation) => throw Unasked();

    public Task<string> RerunWorkflowFromEventAsync(string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options, CancellationToken cancellation) => throw Unasked();

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> StepAsync<T>(string what, string instanceId, Func<T> effect) => world.StepAsync(replica, what, instanceId, _faults, effect, reason => new DaprException(reason));

    private static NotSupportedException Unasked() => new("The saga asks the workflow engine for something that the simulation does not know yet.");
}
