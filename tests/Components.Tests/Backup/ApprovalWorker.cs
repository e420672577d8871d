using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Workflow;
using Sidecar.Testing;

namespace Components.Tests.Backup;

/// <summary>A worker with one workflow: it reserves, waits for the event <c>approved</c>, charges and ends with what the charge answered. What it did is counted.</summary>
internal sealed class ApprovalWorker : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _hangUp = new();
    private readonly Task _work;

    public ApprovalWorker(TestSidecar sidecar)
    {
        _channel = new GrpcChannel(new Uri($"http://127.0.0.1:{sidecar.GrpcPort}"));
        _work = WorkAsync();
    }

    /// <summary>Names of the activities that were run.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Done { get; } = new();

    public async Task BeginAsync(string id) => await _channel.UnaryAsync(TaskHubMethods.StartInstance, new CreateInstanceRequest { InstanceId = id, Name = "Approval", Input = $"\"{id}\"" });

    public async Task ApproveAsync(string id) => await _channel.UnaryAsync(TaskHubMethods.RaiseEvent, new RaiseEventRequest { InstanceId = id, Name = "approved", Input = "\"yes\"" });

    /// <summary>The instance once it has ended, with its output.</summary>
    public async Task<WorkflowState> EndedAsync(string id) =>
        (await _channel.UnaryAsync(TaskHubMethods.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true })).WorkflowState;

    /// <summary>The instance, or null when nobody knows it.</summary>
    public async Task<WorkflowState?> FindAsync(string id)
    {
        var answer = await _channel.UnaryAsync(TaskHubMethods.GetInstance, new GetInstanceRequest { InstanceId = id });
        return answer.Exists ? answer.WorkflowState : null;
    }

    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(string id) =>
        (await _channel.UnaryAsync(TaskHubMethods.GetInstanceHistory, new GetInstanceHistoryRequest { InstanceId = id })).Events;

    /// <summary>Waits until the instance has reserved and waits for its approval.</summary>
    public async Task WaitsAsync(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await HistoryAsync(id)).All(e => e.TaskCompleted is null))
        {
            await ticks.WaitForNextTickAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _hangUp.CancelAsync();
        await _work;
        _channel.Dispose();
        _hangUp.Dispose();
    }

    private static WorkflowAction[] Decide(IReadOnlyList<HistoryEvent> history)
    {
        var results = history.Where(e => e.TaskCompleted is not null).Select(e => e.TaskCompleted.Result).ToList();
        var scheduled = history.Count(e => e.TaskScheduled is not null);
        var isApproved = history.Any(e => e.EventRaised is not null);
        return (scheduled, results.Count, isApproved) switch
        {
            (0, _, _) => [Activity(0, "Reserve")],
            (1, 1, true) => [Activity(1, "Charge")],
            (2, 2, _) => [new WorkflowAction { Id = 2, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed, Result = results[1] } }],
            _ => [],
        };
    }

    private static WorkflowAction Activity(int id, string name) => new() { Id = id, ScheduleTask = new ScheduleTaskAction { Name = name } };

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var item in _channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest(), cancellationToken: _hangUp.Token))
            {
                if (item.ActivityRequest is { } activity)
                {
                    Done.Enqueue(activity.Name);
                    await _channel.UnaryAsync(
                        TaskHubMethods.CompleteActivityTask,
                        new ActivityResponse { InstanceId = activity.WorkflowInstance.InstanceId, TaskId = activity.TaskId, Result = $"\"{activity.Name} done\"", CompletionToken = item.CompletionToken });
                    continue;
                }

                var turn = item.WorkflowRequest;
                var response = new WorkflowResponse { InstanceId = turn.InstanceId, CompletionToken = item.CompletionToken };
                response.Actions.AddRange(Decide([.. turn.PastEvents, .. turn.NewEvents]));
                await _channel.UnaryAsync(TaskHubMethods.CompleteWorkflowTask, response);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or GrpcException)
        {
            // The test hung up, or its sidecar stopped.
        }
    }
}
