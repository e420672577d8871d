using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace Sdk.Tests.AspNetCore;

public sealed class SubscribeHandlerTests
{
    private static async Task<string> SubscriptionsAsync(Action<WebApplication> routes, SubscribeOptions? options = null)
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            routes(app);
            if (options is null)
                app.MapSubscribeHandler();
            else
                app.MapSubscribeHandler(options);
        });
        var response = await app.Http.GetAsync("/dapr/subscribe");
        Assert.Null(response.Content.Headers.ContentType);
        return await response.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task A_topic_names_its_route_without_a_leading_slash()
    {
        var json = await SubscriptionsAsync(app => app.MapPost("/orders/submitted", () => { }).WithTopic("pubsub", "orders"));

        Assert.Equal("""[{"topic":"orders","pubsubName":"pubsub","route":"orders/submitted"}]""", json);
    }

    [Fact]
    public async Task Without_topics_the_answer_is_empty()
    {
        Assert.Equal("[]", await SubscriptionsAsync(app => app.MapGet("/", () => { })));
    }

    [Fact]
    public async Task Rules_come_by_priority_with_the_default_beside_them()
    {
        var json = await SubscriptionsAsync(app =>
        {
            app.MapPost("second", () => { }).WithTopic(new TopicOptions { PubsubName = "p", Name = "t", Match = "event.type == 'b'", Priority = 2 });
            app.MapPost("first", [Topic("p", "t", "event.type == 'a'", 1)] () => { });
            app.MapPost("rest", [Topic("p", "t")] () => { });
        });

        Assert.Equal(
            """[{"topic":"t","pubsubName":"p","routes":{"rules":[{"match":"event.type == \u0027a\u0027","path":"first"},{"match":"event.type == \u0027b\u0027","path":"second"}],"default":"rest"}}]""",
            json);
    }

    [Fact]
    public async Task Dead_letter_topic_raw_payload_and_metadata_are_told()
    {
        var json = await SubscriptionsAsync(app => app.MapPost("x", () => { }).WithTopic(new TopicOptions
        {
            PubsubName = "p",
            Name = "t",
            DeadLetterTopic = "t.dead",
            EnableRawPayload = true,
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
        }));

        Assert.Equal("""[{"topic":"t","pubsubName":"p","route":"x","metadata":{"k":"v","rawPayload":"true"},"deadLetterTopic":"t.dead"}]""", json);
    }

    [Fact]
    public async Task Raw_payload_can_hold_for_all_topics()
    {
        var json = await SubscriptionsAsync(app => app.MapPost("x", () => { }).WithTopic("p", "t"), new SubscribeOptions { EnableRawPayload = true });

        Assert.Equal("""[{"topic":"t","pubsubName":"p","route":"x","metadata":{"rawPayload":"true"}}]""", json);
    }

    [Fact]
    public async Task Bulk_is_told_with_its_limits()
    {
        var json = await SubscriptionsAsync(app =>
        {
            app.MapPost("a", () => { }).WithTopic("p", "a").WithBulkSubscribe(new BulkSubscribeTopicOptions { TopicName = "a" });
            app.MapPost("b", [Topic("p", "b"), BulkSubscribe("b", 7, 50)] () => { });
        });

        Assert.Equal(
            """[{"topic":"a","pubsubName":"p","route":"a","bulkSubscribe":{"enabled":true,"maxMessagesCount":100,"maxAwaitDurationMs":1000}},{"topic":"b","pubsubName":"p","route":"b","bulkSubscribe":{"enabled":true,"maxMessagesCount":7,"maxAwaitDurationMs":50}}]""",
            json);
    }

    [Fact]
    public async Task Owned_metadata_goes_to_its_topic_and_repeated_names_are_joined()
    {
        var json = await SubscriptionsAsync(app => app.MapPost(
            "x", [Topic("p", "a", ["one"], "|"), TopicMetadata("one", "k", "1"), TopicMetadata("one", "k", "2"), TopicMetadata("all", "y"), Topic("p", "b")] () => { }));

        Assert.Equal(
            """[{"topic":"a","pubsubName":"p","route":"x","metadata":{"k":"1|2","all":"y"}},{"topic":"b","pubsubName":"p","route":"x","metadata":{"all":"y"}}]""",
            json);
    }

    [Fact]
    public async Task A_route_with_a_parameter_cannot_be_subscribed()
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.MapPost("orders/{id}", (string id) => id).WithTopic("p", "t");
            app.MapSubscribeHandler();
        });

        Assert.False((await app.Http.GetAsync("/dapr/subscribe")).IsSuccessStatusCode);
    }

    [Fact]
    public void Bulk_statuses_are_written_as_the_wire_has_them()
    {
        var response = new BulkSubscribeAppResponse([new BulkSubscribeAppResponseEntry("1", BulkSubscribeAppResponseStatus.RETRY)]);

        Assert.Equal(
            """{"statuses":[{"entryId":"1","status":"RETRY"}]}""",
            System.Text.Json.JsonSerializer.Serialize(response, System.Text.Json.JsonSerializerOptions.Web));
    }
}
