using System.Threading.Channels;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using WireItem = Dapr.Protocol.Common.V1.ConfigurationItem;

namespace Sidecar.Runtime.Configurations;

/// <summary>The configuration API over gRPC. The first message of a subscription has only its id.</summary>
public static class ConfigurationGrpcApi
{
    /// <summary>Maps the configuration methods of the Dapr service, the older names too.</summary>
    public static void MapConfigurationGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.GetConfiguration, GetAsync);
        routes.MapGrpcUnary(DaprMethods.GetConfigurationAlpha1, GetAsync);
        routes.MapGrpcServerStream(DaprMethods.SubscribeConfiguration, SubscribeAsync);
        routes.MapGrpcServerStream(DaprMethods.SubscribeConfigurationAlpha1, SubscribeAsync);
        routes.MapGrpcUnary(DaprMethods.UnsubscribeConfiguration, UnsubscribeAsync);
        routes.MapGrpcUnary(DaprMethods.UnsubscribeConfigurationAlpha1, UnsubscribeAsync);
    }

    private static async Task<GetConfigurationResponse> GetAsync(GetConfigurationRequest request, GrpcServerCall call)
    {
        var items = await call.HttpContext.GetBlock<ConfigurationBlock>().GetAsync(request.StoreName, request.Keys, request.Metadata, call.CancellationToken);
        return new GetConfigurationResponse { Items = { items.ToDictionary(item => item.Key, item => Wire(item.Value)) } };
    }

    private static async Task SubscribeAsync(SubscribeConfigurationRequest request, IGrpcStreamWriter<SubscribeConfigurationResponse> stream, GrpcServerCall call)
    {
        var block = call.HttpContext.GetBlock<ConfigurationBlock>();
        var changes = Channel.CreateUnbounded<SubscribeConfigurationResponse>(new UnboundedChannelOptions { SingleReader = true });
        var id = await block.SubscribeAsync(
            request.StoreName, request.Keys, request.Metadata,
            (subscription, items, token) => changes.Writer.WriteAsync(
                new SubscribeConfigurationResponse { Id = subscription, Items = { items.ToDictionary(item => item.Key, item => Wire(item.Value)) } }, token).AsTask(),
            () => changes.Writer.TryComplete(), call.CancellationToken);
        try
        {
            await stream.WriteAsync(new SubscribeConfigurationResponse { Id = id }, call.CancellationToken);
            await foreach (var change in changes.Reader.ReadAllAsync(call.CancellationToken))
                await stream.WriteAsync(change, call.CancellationToken);
        }
        finally
        {
            await block.UnsubscribeAsync(request.StoreName, id);
        }
    }

    private static async Task<UnsubscribeConfigurationResponse> UnsubscribeAsync(UnsubscribeConfigurationRequest request, GrpcServerCall call)
    {
        var problem = await call.HttpContext.GetBlock<ConfigurationBlock>().UnsubscribeAsync(request.StoreName, request.Id);
        return new UnsubscribeConfigurationResponse { Ok = problem is null, Message = problem ?? "" };
    }

    private static WireItem Wire(ConfigurationItem item) =>
        new() { Value = item.Value, Version = item.Version, Metadata = { new Dictionary<string, string>(item.Metadata) } };
}
