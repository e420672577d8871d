using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Hosting;

/// <summary>The gRPC side of <see cref="UnconfiguredApis"/>.</summary>
internal static class UnconfiguredGrpcApis
{
    /// <summary>Maps configuration and bindings.</summary>
    public static void MapUnconfiguredGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.GetConfiguration, (_, _) => throw UnconfiguredApis.NoConfiguration());
        routes.MapGrpcUnary(DaprMethods.GetConfigurationAlpha1, (_, _) => throw UnconfiguredApis.NoConfiguration());
        routes.MapGrpcServerStream(DaprMethods.SubscribeConfiguration, (_, _, _) => throw UnconfiguredApis.NoConfiguration());
        routes.MapGrpcServerStream(DaprMethods.SubscribeConfigurationAlpha1, (_, _, _) => throw UnconfiguredApis.NoConfiguration());
        routes.MapGrpcUnary(DaprMethods.UnsubscribeConfiguration, (_, _) => throw UnconfiguredApis.NoConfiguration());
        routes.MapGrpcUnary(DaprMethods.UnsubscribeConfigurationAlpha1, (_, _) => throw UnconfiguredApis.NoConfiguration());
        routes.MapGrpcUnary(DaprMethods.InvokeBinding, (request, _) => throw UnconfiguredApis.NoBinding(request.Name));
    }
}
