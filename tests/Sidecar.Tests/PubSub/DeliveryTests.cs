using System.Net;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.PubSub;

public sealed class DeliveryTests
{
    private const string Orders = """[{"pubsubName":"pubsub","topic":"orders","route":"on-order"}]""";
    private const string WithDeadLetters = """
        [{"pubsubname":"pubsub","topic":"orders","route":"/on-order","deadLetterTopic":"dead"},{"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
        """;

    [Theory]
    [InlineData("pubsub.embedded")]
    [InlineData("pubsub.in-memory")]
    public async Task A_published_event_reaches_the_apps_route_as_a_CloudEvent(string type)
    {
        await using var place = await PubSubPlace.StartAsync(Orders, type);
        using var response = await place.PublishAsync("orders", """{"n":12345678901234567890.10}""");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await place.App.WaitForAsync(1);

        var got = Assert.Single(place.App.Received);
        Assert.Equal("/on-order", got.Path);
        Assert.Equal("application/cloudevents+json", got.ContentType);
        Assert.Equal("pubsub", got.Headers["pubsubName"]);
        Assert.Contains("\"data\":{\"n\":12345678901234567890.10}", got.Body, StringComparison.Ordinal);
        Assert.Equal("shop", got.Json.GetProperty("source").GetString());
        Assert.Equal("orders", got.Json.GetProperty("topic").GetString());
        Assert.Equal("com.dapr.event.sent", got.Json.GetProperty("type").GetString());
    }

    [Fact]
    public async Task RETRY_is_redelivered_by_the_broker_until_the_app_takes_it()
    {
        await using var place = await PubSubPlace.StartAsync(Orders, metadata: new() { ["redeliverInterval"] = "20ms" });
        var tries = 0;
        place.App.Answer = _ => (200, Interlocked.Increment(ref tries) < 3 ? """{"status":"RETRY"}""" : """{"status":"SUCCESS"}""");
        (await place.PublishAsync("orders", "1")).Dispose();
        await place.App.WaitForAsync(3);
        Assert.Single(place.App.Received.Select(got => got.Json.GetProperty("id").GetString()).Distinct());
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, """{"status":"RETRY"}""")]
    [InlineData(200, """{"status":"WHAT"}""")]
    [InlineData(200, """{"status":"DROP"}""")]
    [InlineData(404, "")]
    public async Task What_the_app_does_not_take_goes_to_the_dead_letter_topic_as_it_was(int status, string body)
    {
        await using var place = await PubSubPlace.StartAsync(WithDeadLetters);
        place.App.Answer = got => got.Path == "/dead" ? (200, "") : (status, body);
        (await place.PublishAsync("orders", """{"poison":true}""", query: "?metadata.partitionKey=k1")).Dispose();
        await place.App.WaitAsync(() => place.App.Received.Any(got => got.Path == "/dead"));

        var first = place.App.Received.First(got => got.Path == "/on-order");
        var dead = place.App.Received.Single(got => got.Path == "/dead");
        Assert.Equal(first.Body, dead.Body);
        Assert.Equal("k1", dead.Headers["partitionKey"]);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(204, "")]
    [InlineData(200, "thanks")]
    [InlineData(200, """{"status":""}""")]
    [InlineData(200, """{"status":"SUCCESS"}""")]
    [InlineData(200, """{"status":5}""")]
    [InlineData(200, "[1]")]
    [InlineData(200, """{"status":"DROP"}""")]
    [InlineData(404, "")]
    public async Task Other_answers_settle_the_event_for_good(int status, string body)
    {
        await using var place = await PubSubPlace.StartAsync(Orders, metadata: new() { ["redeliverInterval"] = "1ms", ["concurrency"] = "1" });
        place.App.Answer = got => got.Body.Contains("first", StringComparison.Ordinal) ? (status, body) : (200, "");
        (await place.PublishAsync("orders", "\"first\"")).Dispose();
        (await place.PublishAsync("orders", "\"second\"")).Dispose();
        (await place.PublishAsync("orders", "\"third\"")).Dispose();
        await place.App.WaitAsync(() => place.App.Received.Any(got => got.Body.Contains("third", StringComparison.Ordinal)));
        Assert.Single(place.App.Received, got => got.Body.Contains("first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_rule_that_holds_names_the_route()
    {
        await using var place = await PubSubPlace.StartAsync("""
            [{"pubsubname":"pubsub","topic":"orders","routes":{"rules":[
              {"match":"event.type == 'special'","path":"/special"},{"match":"event.data.total > 100","path":"/large"}],"default":"/other"}}]
            """);
        (await place.PublishAsync("orders", """{"total":5}""", query: "?metadata.cloudevent.type=special")).Dispose();
        (await place.PublishAsync("orders", """{"total":500}""")).Dispose();
        (await place.PublishAsync("orders", """{"total":50}""")).Dispose();
        await place.App.WaitForAsync(3);
        Assert.Equal(["/large", "/other", "/special"], place.App.Received.Select(got => got.Path).Order());
    }

    [Fact]
    public async Task An_event_that_no_rule_wants_is_dead_lettered()
    {
        await using var place = await PubSubPlace.StartAsync("""
            [{"pubsubname":"pubsub","topic":"orders","routes":{"rules":[{"match":"event.type == 'x'","path":"/x"}]},"deadLetterTopic":"dead"},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
            """);
        (await place.PublishAsync("orders", "1")).Dispose();
        await place.App.WaitForAsync(1);
        Assert.Equal("/dead", place.App.Received.Single().Path);
    }

    [Fact]
    public async Task The_apps_own_subscription_replaces_a_declared_one_of_the_same_topic()
    {
        var resources = new SidecarResources
        {
            Subscriptions =
            [
                new Subscription { PubSubName = "pubsub", Topic = "orders", Rules = [new SubscriptionRule("", "/declared")] },
                new Subscription { PubSubName = "pubsub", Topic = "parcels", Rules = [new SubscriptionRule("", "/parcel")] },
            ],
        };
        await using var place = await PubSubPlace.StartAsync(Orders, resources: resources);
        (await place.PublishAsync("orders", "1")).Dispose();
        (await place.PublishAsync("parcels", "1")).Dispose();
        await place.App.WaitForAsync(2);
        Assert.Equal(["/on-order", "/parcel"], place.App.Received.Select(got => got.Path).Order());
    }

    [Fact]
    public async Task A_raw_payload_arrives_in_base64_when_the_subscriber_asks_for_raw()
    {
        await using var place = await PubSubPlace.StartAsync("""[{"pubsubname":"pubsub","topic":"orders","route":"/raw","metadata":{"rawPayload":"true"}}]""");
        (await place.PublishAsync("orders", "plain bytes", "application/octet-stream", "?metadata.rawPayload=true")).Dispose();
        await place.App.WaitForAsync(1);
        var got = place.App.Received.Single().Json;
        Assert.Equal("plain bytes"u8.ToArray(), got.GetProperty("data_base64").GetBytesFromBase64());
        Assert.Equal("application/octet-stream", got.GetProperty("datacontenttype").GetString());
    }

    [Fact]
    public async Task A_delivery_goes_on_with_the_publishers_trace()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using var place = await PubSubPlace.StartAsync(Orders);
        place.Client.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        (await place.PublishAsync("orders", "1")).Dispose();
        await place.App.WaitForAsync(1);
        var got = place.App.Received.Single();
        Assert.Contains(Trace, got.Headers["traceparent"], StringComparison.Ordinal);
        Assert.Contains(Trace, got.Json.GetProperty("traceparent").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliveries_rest_while_the_app_is_unhealthy_and_go_on_when_it_is_well_again()
    {
        await using var place = await PubSubPlace.StartAsync(
            Orders, health: new AppHealthCheckOptions { Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(5), Threshold = 1 });
        place.App.Healthy = false;
        var broker = place.Sidecar.GetBlock<PubSubBlock>();
        await UntilAsync(() => !broker.IsDelivering);
        (await place.PublishAsync("orders", "1")).Dispose();
        Assert.Empty(place.App.Received);

        place.App.Healthy = true;
        await place.App.WaitForAsync(1);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
