using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Returns;
using ServiceDefaults;

namespace OrderSaga;

/// <summary>Starts workflows and passes on what they wait for. The instance id is the order's, so a repeat finds what it would start.</summary>
/// <param name="workflows">The workflow engine.</param>
/// <param name="settings">Which workflow new orders run.</param>
public sealed class Sagas(IDaprWorkflowClient workflows, SagaSettings settings)
{
    public Task StartAsync(OrderDetails order, CancellationToken cancellationToken) =>
        StartAsync(settings.WithLoyalty ? nameof(LoyalOrderWorkflow) : nameof(OrderWorkflow), order.OrderId, order, cancellationToken);

    public Task StartAsync(ReturnAccepted accepted, CancellationToken cancellationToken) =>
        StartAsync(nameof(ReturnWorkflow), $"{accepted.OrderId}-return-{accepted.ReturnId}", accepted, cancellationToken);

    public async Task RaiseAsync(string orderId, string name, object payload, CancellationToken cancellationToken)
    {
        var state = await StateAsync(orderId, cancellationToken);
        if (state is not { Exists: true })
        {
            throw new MissingDependencyException($"the workflow of order {orderId} has not started yet");
        }

        if (!state.IsWorkflowCompleted)
        {
            await AskAsync(() => workflows.RaiseEventAsync(orderId, name, payload, cancellationToken), cancellationToken);
        }
    }

    private async Task StartAsync(string workflow, string instanceId, object input, CancellationToken cancellationToken)
    {
        // Scheduling an id that has finished would run it again.
        if (await StateAsync(instanceId, cancellationToken) is not { Exists: true })
        {
            await AskAsync(() => workflows.ScheduleNewWorkflowAsync(workflow, instanceId, input, startTime: null, cancellationToken), cancellationToken);
        }
    }

    private async Task<WorkflowState?> StateAsync(string instanceId, CancellationToken cancellationToken)
    {
        WorkflowState? state = null;
        await AskAsync(async () => state = await workflows.GetWorkflowStateAsync(instanceId, getInputsAndOutputs: false, cancellationToken), cancellationToken);
        return state;
    }

    /// <summary>The client passes transport errors on as they are; to a message they all mean: come again.</summary>
    private static async Task AskAsync(Func<Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await ask();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MissingDependencyException($"the workflow engine did not take it: {exception.Message}");
        }
    }
}

/// <summary>What the host of the sagas is told by its configuration.</summary>
/// <param name="WithLoyalty"><c>Loyalty:Enabled</c>: completed orders earn points, from a service that needs Node.js.</param>
public sealed record SagaSettings(bool WithLoyalty);
