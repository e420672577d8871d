using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Tests.GrpcApps;

/// <summary>Health checks of apps that speak gRPC.</summary>
public sealed class GrpcHealthTests
{
    [Fact]
    public async Task Deliveries_wait_while_HealthCheck_refuses()
    {
        var isSick = false;
        var events = new Inbox<(string Data, bool WasSick)>();
        var check = new AppHealthCheckOptions { Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(10), Threshold = 2 };
        await using var place = await GrpcPlace.StartAsync(
            routes =>
            {
                routes.MapGrpcUnary(AppCallbackMethods.HealthCheck, (_, _) => Volatile.Read(ref isSick) ? throw new GrpcException(GrpcStatusCode.Unavailable, "sick") : Task.FromResult(new HealthCheckResponse()));
                routes.MapGrpcUnary(AppCallbackMethods.OnTopicEvent, (request, _) =>
                {
                    events.Add((request.Data.ToStringUtf8(), Volatile.Read(ref isSick)));
                    return Task.FromResult(new TopicEventResponse());
                });
            },
            builder => builder.WithEmbeddedPubSub("pubsub").WithSubscription("pubsub", "orders", "/orders").WithOptions(options => options with { AppHealthCheck = check }));
        var deliveries = place.Sidecar.Instance.GetBlock<PubSubBlock>();
        await PublishAsync(place, "1");
        Assert.Equal(("1", false), await events.TakeAsync());

        Volatile.Write(ref isSick, true);
        await UntilAsync(() => !deliveries.IsDelivering);
        await PublishAsync(place, "2");
        Volatile.Write(ref isSick, false);

        Assert.Equal(("2", false), await events.TakeAsync());
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(GrpcPlace.Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task PublishAsync(GrpcPlace place, string data) =>
        await place.Channel.UnaryAsync(DaprMethods.PublishEvent, new PublishEventRequest { PubsubName = "pubsub", Topic = "orders", Data = ByteString.CopyFromUtf8(data), DataContentType = "text/plain" });
}
