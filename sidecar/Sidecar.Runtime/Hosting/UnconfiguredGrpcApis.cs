using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Microsoft.AspNetCore.Routing;

namespace Sidecar.Runtime.Hosting;

/// <summary>The gRPC side of <see cref="UnconfiguredApis"/>.</summary>
internal static class UnconfiguredGrpcApis
{
    /// <summary>Maps bindings.</summary>
    public static void MapUnconfiguredGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.InvokeBinding, (request, _) => throw UnconfiguredApis.NoBinding(request.Name));
    }
}
