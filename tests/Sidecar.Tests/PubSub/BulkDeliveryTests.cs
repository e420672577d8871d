using System.Text.Json;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.PubSub;

public sealed class BulkDeliveryTests
{
    private const string Bulk = """
        [{"pubsubname":"pubsub","topic":"orders","route":"/bulk","deadLetterTopic":"dead","bulkSubscribe":{"enabled":true,"maxMessagesCount":3,"maxAwaitDurationMs":50}},
         {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
        """;

    [Theory]
    [InlineData("pubsub.embedded")]
    [InlineData("pubsub.in-memory")]
    public async Task Events_arrive_together_and_each_entry_is_answered_for_itself(string type)
    {
        await using var place = await PubSubPlace.StartAsync(Bulk, type);
        place.App.Answer = got => (200, got.Path == "/dead" ? "" : Statuses(got, entry => entry.GetProperty("event").GetProperty("data").GetInt32() switch
        {
            2 => "DROP",
            3 => "RETRY",
            _ => "SUCCESS",
        }));
        await PublishThreeAsync(place);
        await place.App.WaitAsync(() => place.App.Received.Count(got => got.Path == "/dead") == 2);

        var batch = place.App.Received.First(got => got.Path == "/bulk").Json;
        Assert.Equal("com.dapr.event.sent.bulk", batch.GetProperty("type").GetString());
        Assert.Equal(("orders", "pubsub"), (batch.GetProperty("topic").GetString(), batch.GetProperty("pubsubname").GetString()));
        Assert.Equal("application/cloudevents+json", batch.GetProperty("entries")[0].GetProperty("contentType").GetString());
        Assert.Equal([2, 3], place.App.Received.Where(got => got.Path == "/dead").Select(got => got.Json.GetProperty("data").GetInt32()).Order());
        Assert.Equal(3, batch.GetProperty("entries").GetArrayLength());
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"statuses":[]}""")]
    [InlineData(500, "")]
    public async Task Without_an_answer_for_it_an_entry_failed(int status, string body)
    {
        await using var place = await PubSubPlace.StartAsync(Bulk);
        place.App.Answer = got => got.Path == "/dead" ? (200, "") : (status, body);
        await PublishThreeAsync(place);
        await place.App.WaitAsync(() => place.App.Received.Count(got => got.Path == "/dead") == 3);
    }

    [Fact]
    public async Task The_case_of_the_keys_of_an_answer_does_not_matter()
    {
        await using var place = await PubSubPlace.StartAsync(Bulk);
        place.App.Answer = got => (200, Statuses(got, entry => entry.GetProperty("event").GetProperty("data").GetInt32() == 1 ? "DROP" : "SUCCESS")
            .Replace("statuses", "Statuses", StringComparison.Ordinal).Replace("entryId", "EntryId", StringComparison.Ordinal).Replace("status\"", "Status\"", StringComparison.Ordinal));
        await PublishThreeAsync(place);
        await place.App.WaitAsync(() => place.App.Received.Any(got => got.Path == "/dead"));
        Assert.Equal(1, place.App.Received.Single(got => got.Path == "/dead").Json.GetProperty("data").GetInt32());
    }

    [Fact]
    public async Task A_404_ends_the_whole_batch_without_dead_letters()
    {
        await using var place = await PubSubPlace.StartAsync(Bulk);
        place.App.Answer = got => got.Path == "/dead" || got.Body.Contains("\"data\":9", StringComparison.Ordinal) ? (200, Statuses(got, _ => "DROP")) : (404, "");
        await PublishThreeAsync(place);
        await place.App.WaitForAsync(1);
        (await place.PublishAsync("orders", "9")).Dispose();
        await place.App.WaitAsync(() => place.App.Received.Any(got => got.Path == "/dead"));
        Assert.Equal(9, place.App.Received.Single(got => got.Path == "/dead").Json.GetProperty("data").GetInt32());
    }

    private static async Task PublishThreeAsync(PubSubPlace place)
    {
        using var content = SidecarFixture.Json("""[{"entryId":"1","event":1,"contentType":"application/json"},{"entryId":"2","event":2,"contentType":"application/json"},{"entryId":"3","event":3,"contentType":"application/json"}]""");
        (await place.Client.PostAsync(new Uri("/v1.0/publish/bulk/pubsub/orders", UriKind.Relative), content)).Dispose();
    }

    private static string Statuses(Received got, Func<JsonElement, string> status) => got.Path == "/dead" ? "" : JsonSerializer.Serialize(new
    {
        statuses = got.Json.GetProperty("entries").EnumerateArray().Select(entry => new { entryId = entry.GetProperty("entryId").GetString(), status = status(entry) }),
    });
}
