using System.Runtime.CompilerServices;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Workflow;
using Google.Protobuf;

namespace Sidecar.Cli.Workflows;

/// <summary>The workflows of a running app, by the API of its sidecar.</summary>
internal sealed class RunningWorkflows(int grpcPort, string? apiToken) : IWorkflowReader
{
    /// <summary>A change waits until it has happened, and without a worker it does not.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly GrpcChannel _channel = new(
        new Uri($"http://127.0.0.1:{grpcPort}"),
        new GrpcChannelOptions { UserAgent = "sidecar-cli", MaxReceiveMessageSize = null, Metadata = apiToken is null ? null : new GrpcMetadata { { "dapr-api-token", apiToken } } });

    public async IAsyncEnumerable<FoundWorkflow> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListInstanceIDsRequest();
        while (true)
        {
            var page = await _channel.UnaryAsync(TaskHubMethods.ListInstanceIds, request, cancellationToken: cancellationToken);
            foreach (var id in page.InstanceIds)
            {
                if (await FindAsync(id, cancellationToken) is { } found)
                    yield return found;
            }

            if (!page.HasContinuationToken)
                yield break;
            request.ContinuationToken = page.ContinuationToken;
        }
    }

    public async Task<FoundWorkflow?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _channel.UnaryAsync(
                TaskHubMethods.GetInstance, new GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = true }, cancellationToken: cancellationToken);
            return answer.Exists ? new FoundWorkflow(instanceId, answer.WorkflowState, null) : null;
        }
        catch (GrpcException damaged) when (damaged.StatusCode == GrpcStatusCode.DataLoss)
        {
            return new FoundWorkflow(instanceId, null, damaged.Detail);
        }
    }

    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(string instanceId, CancellationToken cancellationToken) =>
        (await _channel.UnaryAsync(TaskHubMethods.GetInstanceHistory, new GetInstanceHistoryRequest { InstanceId = instanceId }, cancellationToken: cancellationToken)).Events;

    public Task TerminateAsync(string instanceId, string? output, CancellationToken cancellationToken) => ChangeAsync(
        TaskHubMethods.TerminateInstance, new TerminateRequest { InstanceId = instanceId, Output = output, Recursive = true }, cancellationToken);

    public Task SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync(TaskHubMethods.SuspendInstance, new SuspendRequest { InstanceId = instanceId, Reason = reason }, cancellationToken);

    public Task ResumeAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync(TaskHubMethods.ResumeInstance, new ResumeRequest { InstanceId = instanceId, Reason = reason }, cancellationToken);

    public Task RaiseEventAsync(string instanceId, string name, string? input, CancellationToken cancellationToken) =>
        ChangeAsync(TaskHubMethods.RaiseEvent, new RaiseEventRequest { InstanceId = instanceId, Name = name, Input = input }, cancellationToken);

    public async Task<int> PurgeAsync(string instanceId, bool force, CancellationToken cancellationToken) => (await ChangeAsync(
        TaskHubMethods.PurgeInstances, new PurgeInstancesRequest { InstanceId = instanceId, Recursive = true, Force = force }, cancellationToken)).DeletedInstanceCount;

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<TResponse> ChangeAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.UnaryAsync(method, request, new GrpcCallOptions(Timeout: s_patience), cancellationToken);
}
