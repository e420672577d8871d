using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Health;

/// <summary>Shutdown over gRPC.</summary>
public static class HealthGrpcApi
{
    /// <summary>Maps the shutdown method of the Dapr service.</summary>
    public static void MapHealthGrpc(this IEndpointRouteBuilder routes) =>
        routes.MapGrpcUnary(DaprMethods.Shutdown, (_, call) =>
        {
            HealthHttpApi.StopAfterAnswer(call.HttpContext);
            return Task.FromResult(new Empty());
        });
}
