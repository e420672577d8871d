using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Workflows;

/// <summary><c>TaskHubSidecarService</c>: what SDK workers and workflow clients speak.</summary>
internal static class TaskHubGrpcApi
{
    private const int DefaultPageSize = 1024;

    public static void MapTaskHub(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(TaskHubMethods.Hello, (_, _) => Task.FromResult(new Empty()));
        routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, GetWorkItemsAsync);
        Map(routes, TaskHubMethods.CompleteActivityTask, async (engine, request, token) =>
        {
            await engine.CompleteActivityAsync(request, token);
            return new CompleteTaskResponse();
        });
        Map(routes, TaskHubMethods.CompleteOrchestratorTask, CompleteWorkflow);
        Map(routes, TaskHubMethods.CompleteWorkflowTask, CompleteWorkflow);
        Map(routes, TaskHubMethods.StartInstance, async (engine, request, token) =>
            new CreateInstanceResponse { InstanceId = await engine.StartAsync(request, token) });
        Map(routes, TaskHubMethods.GetInstance, async (engine, request, token) =>
            Found(await engine.GetAsync(request.InstanceId, request.GetInputsAndOutputs, token)));
        Map(routes, TaskHubMethods.WaitForInstanceStart, async (engine, request, token) =>
            Found(await engine.WaitForStartAsync(request.InstanceId, request.GetInputsAndOutputs, token)));
        Map(routes, TaskHubMethods.WaitForInstanceCompletion, async (engine, request, token) =>
            Found(await engine.WaitForCompletionAsync(request.InstanceId, request.GetInputsAndOutputs, token)));
        Map(routes, TaskHubMethods.RaiseEvent, async (engine, request, token) =>
        {
            await engine.RaiseEventAsync(request.InstanceId, request.Name, request.Input, token);
            return new RaiseEventResponse();
        });
        Map(routes, TaskHubMethods.TerminateInstance, async (engine, request, token) =>
        {
            await engine.TerminateAsync(request.InstanceId, request.Output, request.Recursive, token);
            return new TerminateResponse();
        });
        Map(routes, TaskHubMethods.SuspendInstance, async (engine, request, token) =>
        {
            await engine.SuspendAsync(request.InstanceId, request.Reason, token);
            return new SuspendResponse();
        });
        Map(routes, TaskHubMethods.ResumeInstance, async (engine, request, token) =>
        {
            await engine.ResumeAsync(request.InstanceId, request.Reason, token);
            return new ResumeResponse();
        });
        Map(routes, TaskHubMethods.PurgeInstances, PurgeAsync);
        Map(routes, TaskHubMethods.RerunWorkflowFromEvent, async (engine, request, token) =>
            new RerunWorkflowFromEventResponse { NewInstanceID = await engine.RerunAsync(request, token) });
        Map(routes, TaskHubMethods.ListInstanceIds, ListAsync);
        Map(routes, TaskHubMethods.GetInstanceHistory, async (engine, request, token) =>
        {
            var response = new GetInstanceHistoryResponse();
            response.Events.AddRange(await engine.GetHistoryAsync(request.InstanceId, token));
            return response;
        });
    }

    private static void Map<TRequest, TResponse>(
        IEndpointRouteBuilder routes, GrpcMethod<TRequest, TResponse> method, Func<WorkflowEngine, TRequest, CancellationToken, Task<TResponse>> handle)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        routes.MapGrpcUnary(method, async (request, call) =>
        {
            try
            {
                var block = call.HttpContext.GetBlock<WorkflowBlock>();
                var engine = await block.GetEngineAsync();
                return block.Faults is { } faults
                    ? await faults.PassAsync(method.Name, request, engine, () => handle(engine, request, call.CancellationToken), call.CancellationToken)
                    : await handle(engine, request, call.CancellationToken);
            }
            catch (WorkflowException error)
            {
                throw new GrpcException((GrpcStatusCode)error.GrpcStatus, error.Message, inner: error);
            }
        });

    private static async Task GetWorkItemsAsync(GetWorkItemsRequest request, IGrpcStreamWriter<WorkItem> stream, GrpcServerCall call)
    {
        var block = call.HttpContext.GetBlock<WorkflowBlock>();
        await block.GetEngineAsync();
        // A worker knows that it is connected by the headers: the first item may be long in coming.
        await call.SendHeadersAsync();
        var limits = WorkerLimits.For(call.HttpContext.Request.Headers.UserAgent.ToString());
        await block.RunWorkerAsync((item, token) => stream.WriteAsync(item, token).AsTask(), limits, call.CancellationToken);
    }

    private static Task<CompleteTaskResponse> CompleteWorkflow(WorkflowEngine engine, WorkflowResponse response, CancellationToken cancellationToken)
    {
        engine.CompleteWorkflow(response);
        return Task.FromResult(new CompleteTaskResponse());
    }

    private static async Task<PurgeInstancesResponse> PurgeAsync(WorkflowEngine engine, PurgeInstancesRequest request, CancellationToken cancellationToken)
    {
        if (request.RequestCase != PurgeInstancesRequest.RequestOneofCase.InstanceId)
        {
            throw new WorkflowException(2, "purging by a filter is not supported: name an instance");
        }

        var deleted = await engine.PurgeAsync(request.InstanceId, request.Recursive, request is { HasForce: true, Force: true }, cancellationToken);
        return new PurgeInstancesResponse { DeletedInstanceCount = deleted };
    }

    private static async Task<ListInstanceIDsResponse> ListAsync(WorkflowEngine engine, ListInstanceIDsRequest request, CancellationToken cancellationToken)
    {
        var size = request is { HasPageSize: true, PageSize: > 0 } ? (int)Math.Min(request.PageSize, int.MaxValue) : DefaultPageSize;
        var (ids, next) = await engine.ListAsync(request.HasContinuationToken && request.ContinuationToken.Length > 0 ? request.ContinuationToken : null, size, cancellationToken);
        var response = new ListInstanceIDsResponse();
        response.InstanceIds.AddRange(ids);
        if (next is not null)
        {
            response.ContinuationToken = next;
        }

        return response;
    }

    private static GetInstanceResponse Found(WorkflowState? state) => new() { Exists = state is not null, WorkflowState = state };
}
