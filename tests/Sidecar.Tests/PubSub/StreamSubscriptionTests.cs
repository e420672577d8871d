using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Answer = Dapr.Protocol.Runtime.V1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Sidecar.Tests.PubSub;

public sealed class StreamSubscriptionTests
{
    [Fact]
    public async Task A_stream_gets_events_is_shown_in_the_metadata_and_what_it_leaves_comes_again()
    {
        await using var place = await PubSubPlace.StartAsync(null);
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{place.Sidecar.GrpcPort}"));
        using (var call = channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1))
        {
            var events = await OpenAsync(call);
            (await place.PublishAsync("orders", """{"a": 1.0}""")).Dispose();
            var got = await NextAsync(events);
            Assert.Equal(("""{"a": 1.0}""", "orders", "shop", "application/json"), (got.Data.ToStringUtf8(), got.Topic, got.Source, got.DataContentType));
            Assert.Contains("STREAMING", await place.Client.GetStringAsync(new Uri("/v1.0/metadata", UriKind.Relative)), StringComparison.Ordinal);

            await AnswerAsync(call, got.Id, Answer.Success);
            (await place.PublishAsync("orders", "\"left\"")).Dispose();
            Assert.Equal("\"left\"", (await NextAsync(events)).Data.ToStringUtf8());
        }

        using var again = channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);
        var second = await OpenAsync(again);
        var left = await NextAsync(second);
        Assert.Equal("\"left\"", left.Data.ToStringUtf8());
        await AnswerAsync(again, left.Id, Answer.Success);
    }

    [Theory]
    [InlineData("", "a", "pubsubName is required", GrpcStatusCode.Unknown)]
    [InlineData("pubsub", "", "topic is required", GrpcStatusCode.Unknown)]
    [InlineData("notexist", "b", "pubsub notexist is not found", GrpcStatusCode.InvalidArgument)]
    public async Task A_stream_that_names_no_topic_ends_in_daprds_words(string pubsub, string topic, string message, GrpcStatusCode status)
    {
        await using var place = await PubSubPlace.StartAsync("[]");
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{place.Sidecar.GrpcPort}"));
        using var call = channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);
        await call.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { InitialRequest = new() { PubsubName = pubsub, Topic = topic } });

        var refusal = await Assert.ThrowsAsync<GrpcException>(() => call.ReadAllAsync().GetAsyncEnumerator().MoveNextAsync().AsTask());

        Assert.Equal((status, message), (refusal.StatusCode, refusal.Message));
    }

    [Fact]
    public async Task An_event_is_published_over_gRPC()
    {
        await using var place = await PubSubPlace.StartAsync("""[{"pubsubname":"pubsub","topic":"orders","route":"/on-order"}]""");
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{place.Sidecar.GrpcPort}"));
        await channel.UnaryAsync(DaprMethods.PublishEvent, new PublishEventRequest
        {
            PubsubName = "pubsub",
            Topic = "orders",
            Data = Google.Protobuf.ByteString.CopyFromUtf8("[1]"),
            DataContentType = "application/json",
        });
        await channel.UnaryAsync(DaprMethods.BulkPublishEvent, new BulkPublishRequest
        {
            PubsubName = "pubsub",
            Topic = "orders",
            Entries = { new BulkPublishRequestEntry { EntryId = "1", Event = Google.Protobuf.ByteString.CopyFromUtf8("[2]"), ContentType = "application/json" } },
        });
        await place.App.WaitForAsync(2);
        Assert.Equal(["[1]", "[2]"], place.App.Received.Select(got => got.Json.GetProperty("data").GetRawText()).Order());
        var refusal = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.PublishEvent, new PublishEventRequest { PubsubName = "nowhere", Topic = "t" }));
        Assert.Equal(GrpcStatusCode.InvalidArgument, refusal.StatusCode);
    }

    private static async Task<IAsyncEnumerator<SubscribeTopicEventsResponseAlpha1>> OpenAsync(
        GrpcDuplexCall<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> call)
    {
        await call.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { InitialRequest = new() { PubsubName = "pubsub", Topic = "orders" } });
        var events = call.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.NotNull(events.Current.InitialResponse);
        return events;
    }

    private static async Task<TopicEventRequest> NextAsync(IAsyncEnumerator<SubscribeTopicEventsResponseAlpha1> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        return events.Current.EventMessage;
    }

    private static ValueTask AnswerAsync(GrpcDuplexCall<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> call, string id, Answer status) =>
        call.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { EventProcessed = new() { Id = id, Status = new() { Status = status } } });
}
