using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Metadata;

/// <summary>The metadata API over gRPC.</summary>
public static class MetadataGrpcApi
{
    private static readonly Empty s_empty = new();

    /// <summary>Maps the metadata methods of the Dapr service.</summary>
    public static void MapMetadataGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.GetMetadata, (_, call) => Task.FromResult(Describe(call.HttpContext.GetBlock<MetadataBlock>())));
        routes.MapGrpcUnary(DaprMethods.SetMetadata, (request, call) =>
        {
            call.HttpContext.GetBlock<MetadataBlock>().Set(request.Key, request.Value);
            return Task.FromResult(s_empty);
        });
    }

    private static GetMetadataResponse Describe(MetadataBlock block)
    {
        var options = block.Context.Options;
        var metadata = new GetMetadataResponse
        {
            Id = options.AppId,
            RuntimeVersion = MetadataBlock.RuntimeVersion,
            EnabledFeatures = { block.EnabledFeatures },
            RegisteredComponents =
            {
                block.Components.Select(c => new RegisteredComponents { Name = c.Name, Type = c.Type, Version = c.Version, Capabilities = { c.Capabilities } }),
            },
            ExtendedMetadata = { new Dictionary<string, string>(block.Extended) },
            Subscriptions = { block.Subscriptions.Select(Describe) },
            HttpEndpoints = { block.Context.Resources.HttpEndpoints.Select(e => new MetadataHTTPEndpoint { Name = e.Name }) },
            AppConnectionProperties = DescribeApp(options),
            ActorRuntime = DescribeActors(block),
            Workflows = new MetadataWorkflows { ConnectedWorkers = block.ConnectedWorkers },
        };
#pragma warning disable CS0612 // the older place of the same list: SDKs still read it
        metadata.ActiveActorsCount.Add(metadata.ActorRuntime.ActiveActors);
#pragma warning restore CS0612
        return metadata;
    }

    private static ActorRuntime DescribeActors(MetadataBlock block) => new()
    {
        RuntimeStatus = block.AreActorsReady ? ActorRuntime.Types.ActorRuntimeStatus.Running : ActorRuntime.Types.ActorRuntimeStatus.Initializing,
        ActiveActors = { block.ActiveActors.Select(type => new ActiveActorsCount { Type = type.Type, Count = type.Count }) },
        HostReady = block.AreActorsReady,
        Placement = block.AreActorsReady ? "placement: connected" : "",
    };

    private static PubsubSubscription Describe(Subscription subscription) => new()
    {
        PubsubName = subscription.PubSubName,
        Topic = subscription.Topic,
        Metadata = { new Dictionary<string, string>(subscription.Metadata) },
        Rules = new PubsubSubscriptionRules { Rules = { subscription.Rules.Select(r => new PubsubSubscriptionRule { Match = r.Match, Path = r.Path }) } },
        DeadLetterTopic = subscription.DeadLetterTopic,
        Type = subscription.Origin switch
        {
            SubscriptionOrigin.Declarative => PubsubSubscriptionType.Declarative,
            SubscriptionOrigin.Programmatic => PubsubSubscriptionType.Programmatic,
            SubscriptionOrigin.Streaming => PubsubSubscriptionType.Streaming,
            _ => PubsubSubscriptionType.Unknown,
        },
    };

    private static AppConnectionProperties DescribeApp(SidecarOptions options)
    {
        var app = new AppConnectionProperties
        {
            Port = Math.Max(options.AppPort, 0),
            Protocol = options.AppProtocol,
            ChannelAddress = options.AppChannelAddress,
            MaxConcurrency = Math.Max(options.AppMaxConcurrency, 0),
        };
        if (options.AppHealthCheck is { } health)
        {
            app.Health = new AppConnectionHealthProperties
            {
                HealthCheckPath = options.IsGrpcApp ? "" : health.Path,
                HealthProbeInterval = MetadataBlock.Seconds(health.Interval),
                HealthProbeTimeout = MetadataBlock.Milliseconds(health.Timeout),
                HealthThreshold = health.Threshold,
            };
        }

        return app;
    }
}
