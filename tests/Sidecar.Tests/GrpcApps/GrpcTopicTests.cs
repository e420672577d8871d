using System.Text.Json;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;
using Answer = Dapr.Protocol.Runtime.V1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Sidecar.Tests.GrpcApps;

/// <summary>Events on their way to an app that speaks gRPC.</summary>
public sealed class GrpcTopicTests
{
    private readonly Inbox<(TopicEventRequest Event, GrpcMetadata Metadata)> _events = new();

    [Fact]
    public async Task An_event_comes_with_all_its_attributes_on_the_path_of_its_rule()
    {
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, _ => Answer.Success, Topic("orders", new TopicRoutes { Default = "small", Rules = { new TopicRule { Match = "event.data.lines > 10", Path = "large" } } })),
            builder => builder.WithInMemoryPubSub("pubsub").WithOptions(options => options with { AppToken = "app" }));

        await PublishAsync(place, "orders", """{"lines":11}""", ("cloudevent.subject", "s-1"), ("cloudevent.traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        await PublishAsync(place, "orders", """{"lines":1}""");

        var (large, metadata) = await _events.TakeAsync();
        Assert.Equal(("large", "orders", "pubsub", "shop", "com.dapr.event.sent", "1.0", "application/json"), (large.Path, large.Topic, large.PubsubName, large.Source, large.Type, large.SpecVersion, large.DataContentType));
        Assert.Equal("""{"lines":11}""", large.Data.ToStringUtf8());
        Assert.NotEmpty(large.Id);
        Assert.Equal(("s-1", "orders", "pubsub"), (large.Extensions.Fields["subject"].StringValue, large.Extensions.Fields["topic"].StringValue, large.Extensions.Fields["pubsubname"].StringValue));
        Assert.Equal("app", metadata.GetText("dapr-api-token"));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", metadata.GetText("traceparent"));
        Assert.Equal(29, metadata.GetBytes("grpc-trace-bin")!.Length);
        Assert.Equal("small", (await _events.TakeAsync()).Event.Path);
    }

    [Theory]
    [InlineData("application/json", "\"text\"", "\"text\"")]
    [InlineData("text/plain", "text", "text")]
    [InlineData("application/octet-stream", "bytes", "bytes")]
    public async Task Data_is_JSON_where_its_type_says_so_and_else_what_was_published(string contentType, string published, string expected)
    {
        await using var place = await GrpcPlace.StartAsync(routes => Map(routes, _ => Answer.Success, Topic("orders")), builder => builder.WithInMemoryPubSub("pubsub"));

        await place.Channel.UnaryAsync(DaprMethods.PublishEvent, new PublishEventRequest { PubsubName = "pubsub", Topic = "orders", Data = ByteString.CopyFromUtf8(published), DataContentType = contentType });

        var (got, _) = await _events.TakeAsync();
        Assert.Equal((expected, contentType, ""), (got.Data.ToStringUtf8(), got.DataContentType, got.Path));
    }

    [Fact]
    public async Task RETRY_comes_again_DROP_is_dead_lettered_and_a_refusal_is_retried_by_its_code()
    {
        var answers = new Queue<Func<Answer>>([() => Answer.Retry, () => throw new GrpcException(GrpcStatusCode.Unavailable, "busy"), () => Answer.Drop]);
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, got => got.Topic == "dead" ? Answer.Success : answers.Dequeue()(), Topic("orders", deadLetters: "dead"), Topic("dead")),
            builder => builder.WithInMemoryPubSub("pubsub").WithResiliency(Retrying("pubsub", "14")));

        await PublishAsync(place, "orders", "1");

        Assert.Equal(["orders", "orders", "orders", "dead"], [await NextTopicAsync(), await NextTopicAsync(), await NextTopicAsync(), await NextTopicAsync()]);
    }

    [Fact]
    public async Task A_code_that_the_policy_does_not_match_is_not_retried()
    {
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, got => got.Topic == "dead" ? Answer.Success : throw new GrpcException(GrpcStatusCode.Internal, "broken"), Topic("orders", deadLetters: "dead"), Topic("dead")),
            builder => builder.WithInMemoryPubSub("pubsub").WithResiliency(Retrying("pubsub", "14")));

        await PublishAsync(place, "orders", "1");

        Assert.Equal(["orders", "dead"], [await NextTopicAsync(), await NextTopicAsync()]);
    }

    [Fact]
    public async Task Unimplemented_ends_an_event_without_a_dead_letter()
    {
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, got => got.Data.ToStringUtf8() == "1" ? throw new GrpcException(GrpcStatusCode.Unimplemented, "not here") : Answer.Success, Topic("orders", deadLetters: "dead"), Topic("dead")),
            builder => builder.WithInMemoryPubSub("pubsub"));

        await PublishAsync(place, "orders", "1");
        await _events.TakeAsync();
        await PublishAsync(place, "orders", "2");

        await place.Sidecar.WaitForDeliveriesAsync();
        Assert.Equal("orders", await NextTopicAsync());
        Assert.True(_events.IsEmpty);
    }

    [Fact]
    public async Task An_app_that_implements_nothing_has_no_subscriptions_and_declared_ones_still_reach_it()
    {
        await using var place = await GrpcPlace.StartAsync(
            routes => routes.MapGrpcUnary(AppCallbackMethods.OnTopicEvent, (request, call) => TakeAsync(request, call, _ => Answer.Success)),
            builder => builder.WithInMemoryPubSub("pubsub").WithSubscription("pubsub", "orders", "/declared"));

        await PublishAsync(place, "orders", "1");

        Assert.Equal("/declared", (await _events.TakeAsync()).Event.Path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_is_answered_entry_by_entry_whether_the_app_knows_the_stable_name_or_the_alpha_one(bool stable)
    {
        var batches = new Inbox<TopicEventBulkRequest>();
        await using var place = await GrpcPlace.StartAsync(
            routes =>
            {
                Map(routes, _ => Answer.Success, Topic("orders", new TopicRoutes { Default = "bulk" }, "dead", new BulkSubscribeConfig { Enabled = true, MaxMessagesCount = 3, MaxAwaitDurationMs = 200 }), Topic("dead"));
                routes.MapGrpcUnary(stable ? AppCallbackMethods.OnBulkTopicEvent : AppCallbackMethods.OnBulkTopicEventAlpha1, (request, _) =>
                {
                    batches.Add(request);
                    var entries = request.Entries.Where(entry => entry.CloudEvent.Data.ToStringUtf8() != "3");
                    return Task.FromResult(new TopicEventBulkResponse
                    {
                        Statuses = { entries.Select(entry => new TopicEventBulkResponseEntry { EntryId = entry.EntryId, Status = entry.CloudEvent.Data.ToStringUtf8() == "2" ? Answer.Drop : Answer.Success }) },
                    });
                });
            },
            builder => builder.WithInMemoryPubSub("pubsub"));

        using var content = SidecarFixture.Json("""[{"entryId":"1","event":1,"contentType":"application/json"},{"entryId":"2","event":2,"contentType":"application/json"},{"entryId":"3","event":3,"contentType":"application/json"}]""");
        (await place.Sidecar.Http.PostAsync(new Uri("v1.0/publish/bulk/pubsub/orders", UriKind.Relative), content)).Dispose();

        var batch = await batches.TakeAsync();
        Assert.Equal(("orders", "pubsub", "bulk", "com.dapr.event.sent.bulk", 3), (batch.Topic, batch.PubsubName, batch.Path, batch.Type, batch.Entries.Count));
        Assert.Equal(("application/cloudevents+json", "shop", "application/json"), (batch.Entries[0].ContentType, batch.Entries[0].CloudEvent.Source, batch.Entries[0].CloudEvent.DataContentType));
        // The second was dropped; of the third the app said nothing, so it failed.
        Assert.Equal(["2", "3"], new[] { (await _events.TakeAsync()).Event, (await _events.TakeAsync()).Event }.Select(letter => letter.Data.ToStringUtf8()).Order());
    }

    [Fact]
    public async Task The_metadata_show_what_a_gRPC_app_subscribed_to()
    {
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, _ => Answer.Success, Topic("orders", new TopicRoutes { Default = "all" }, "dead")), builder => builder.WithInMemoryPubSub("pubsub"));

        using var metadata = JsonDocument.Parse(await place.Sidecar.Http.GetStringAsync(new Uri("v1.0/metadata", UriKind.Relative)));

        var subscription = metadata.RootElement.GetProperty("subscriptions")[0];
        Assert.Equal(("orders", "dead", "PROGRAMMATIC"), (subscription.GetProperty("topic").GetString(), subscription.GetProperty("deadLetterTopic").GetString(), subscription.GetProperty("type").GetString()));
        Assert.Equal("grpc", metadata.RootElement.GetProperty("appConnectionProperties").GetProperty("protocol").GetString());
    }

    private async Task<string> NextTopicAsync() => (await _events.TakeAsync()).Event.Topic;

    private void Map(IEndpointRouteBuilder routes, Func<TopicEventRequest, Answer> answer, params TopicSubscription[] subscriptions)
    {
        routes.MapGrpcUnary(AppCallbackMethods.ListTopicSubscriptions, (_, _) => Task.FromResult(new ListTopicSubscriptionsResponse { Subscriptions = { subscriptions } }));
        routes.MapGrpcUnary(AppCallbackMethods.OnTopicEvent, (request, call) => TakeAsync(request, call, answer));
    }

    private Task<TopicEventResponse> TakeAsync(TopicEventRequest request, GrpcServerCall call, Func<TopicEventRequest, Answer> answer)
    {
        _events.Add((request, call.RequestMetadata));
        return Task.FromResult(new TopicEventResponse { Status = answer(request) });
    }

    private static TopicSubscription Topic(string topic, TopicRoutes? routes = null, string deadLetters = "", BulkSubscribeConfig? bulk = null) =>
        new() { PubsubName = "pubsub", Topic = topic, Routes = routes, DeadLetterTopic = deadLetters, BulkSubscribe = bulk };

    private static ResiliencySpec Retrying(string component, string codes) => new()
    {
        Retries = new Dictionary<string, RetryPolicy> { ["often"] = new() { Duration = TimeSpan.FromMilliseconds(1), MaxRetries = 5, MatchingGrpcStatusCodes = codes } },
        Components = new Dictionary<string, ComponentPolicyNames> { [component] = new(new PolicyNames(Retry: "often"), new PolicyNames()) },
    };

    private static async Task PublishAsync(GrpcPlace place, string topic, string json, params (string Key, string Value)[] metadata) =>
        await place.Channel.UnaryAsync(DaprMethods.PublishEvent, new PublishEventRequest
        {
            PubsubName = "pubsub",
            Topic = topic,
            Data = ByteString.CopyFromUtf8(json),
            DataContentType = "application/json",
            Metadata = { metadata.ToDictionary(entry => entry.Key, entry => entry.Value) },
        });
}
