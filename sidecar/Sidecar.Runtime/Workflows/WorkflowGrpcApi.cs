using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Workflows;

/// <summary>The workflow APIs over gRPC: the management methods of the Dapr service, and <c>TaskHubSidecarService</c>.</summary>
public static class WorkflowGrpcApi
{
    /// <summary>Maps both.</summary>
    public static void MapWorkflowGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapTaskHub();
        routes.MapGrpcUnary(DaprMethods.StartWorkflowBeta1, StartAsync);
        routes.MapGrpcUnary(DaprMethods.StartWorkflowAlpha1, StartAsync);
        routes.MapGrpcUnary(DaprMethods.GetWorkflowBeta1, GetAsync);
        routes.MapGrpcUnary(DaprMethods.GetWorkflowAlpha1, GetAsync);
        MapBoth(routes, DaprMethods.TerminateWorkflowBeta1, DaprMethods.TerminateWorkflowAlpha1, (management, request, token) =>
            management.TerminateAsync(request.InstanceId, token));
        MapBoth(routes, DaprMethods.PauseWorkflowBeta1, DaprMethods.PauseWorkflowAlpha1, (management, request, token) =>
            management.PauseAsync(request.InstanceId, token));
        MapBoth(routes, DaprMethods.ResumeWorkflowBeta1, DaprMethods.ResumeWorkflowAlpha1, (management, request, token) =>
            management.ResumeAsync(request.InstanceId, token));
        MapBoth(routes, DaprMethods.PurgeWorkflowBeta1, DaprMethods.PurgeWorkflowAlpha1, (management, request, token) =>
            management.PurgeAsync(request.InstanceId, token));
        MapBoth(routes, DaprMethods.RaiseEventWorkflowBeta1, DaprMethods.RaiseEventWorkflowAlpha1, (management, request, token) =>
            management.RaiseEventAsync(request.InstanceId, request.EventName, request.EventData.Memory, token));
    }

    private static void MapBoth<TRequest>(
        IEndpointRouteBuilder routes, GrpcMethod<TRequest, Empty> beta, GrpcMethod<TRequest, Empty> alpha, Func<WorkflowManagement, TRequest, CancellationToken, Task> call)
        where TRequest : class, IMessage<TRequest>, new()
    {
        routes.MapGrpcUnary(beta, HandleAsync);
        routes.MapGrpcUnary(alpha, HandleAsync);

        async Task<Empty> HandleAsync(TRequest request, GrpcServerCall grpc)
        {
            await call(Management(grpc), request, grpc.CancellationToken);
            return new Empty();
        }
    }

    private static WorkflowManagement Management(GrpcServerCall call) => new(call.HttpContext.GetBlock<WorkflowBlock>());

    private static async Task<StartWorkflowResponse> StartAsync(StartWorkflowRequest request, GrpcServerCall call) => new()
    {
        InstanceId = await Management(call).StartAsync(
            request.WorkflowName, request.InstanceId, request.Input.Memory, request.Options.AsReadOnly(), call.CancellationToken),
    };

    private static async Task<GetWorkflowResponse> GetAsync(GetWorkflowRequest request, GrpcServerCall call)
    {
        if (await Management(call).GetAsync(request.InstanceId, call.CancellationToken) is not { } state)
            return new GetWorkflowResponse { InstanceId = request.InstanceId };
        var response = new GetWorkflowResponse
        {
            InstanceId = state.InstanceId,
            WorkflowName = state.Name,
            CreatedAt = state.CreatedTimestamp,
            LastUpdatedAt = state.LastUpdatedTimestamp,
            RuntimeStatus = WorkflowStatusNames.Of(state),
        };
        foreach (var (key, value) in WorkflowManagement.PropertiesOf(state))
        {
            response.Properties[key] = value;
        }

        return response;
    }
}
