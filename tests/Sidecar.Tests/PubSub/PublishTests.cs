using System.Net;
using System.Text;
using System.Text.Json;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.PubSub;

public sealed class PublishTests
{
    private const string Orders = """[{"pubsubname":"pubsub","topic":"orders","route":"/on-order"}]""";

    [Theory]
    [InlineData("application/json", """{"a": 1.0}""", "data", """{"a": 1.0}""")]
    [InlineData("application/json; charset=utf-8", "[1,2]", "data", "[1,2]")]
    [InlineData("application/vnd.shop+json", "true", "data", "true")]
    [InlineData("application/json", "{not json", "data", "\"{not json\"")]
    [InlineData(null, "hello", "data", "\"hello\"")]
    [InlineData("text/plain", "", "data", "\"\"")]
    [InlineData("application/xml", "<a/>", "data", "\"<a/>\"")]
    [InlineData("application/octet-stream", "abc", "data_base64", "\"YWJj\"")]
    [InlineData("application/protobuf", "abc", "data_base64", "\"YWJj\"")]
    public async Task Data_stands_in_the_envelope_as_its_content_type_says(string? contentType, string body, string member, string expected)
    {
        var got = await PublishedAsync(body, contentType);
        Assert.Equal(expected, got.GetProperty(member).GetRawText());
        Assert.Equal(contentType ?? "text/plain", got.GetProperty("datacontenttype").GetString());
        Assert.Equal("1.0", got.GetProperty("specversion").GetString());
        Assert.Equal("pubsub", got.GetProperty("pubsubname").GetString());
        Assert.True(Guid.TryParse(got.GetProperty("id").GetString(), out _));
        Assert.Equal(got.GetProperty("traceparent").GetString(), got.GetProperty("traceid").GetString());
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", got.GetProperty("traceparent").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", got.GetProperty("time").GetString());
    }

    [Fact]
    public async Task Metadata_overrides_attributes_of_the_envelope()
    {
        var got = await PublishedAsync(
            "1", "application/json",
            "?metadata.cloudevent.id=i&metadata.cloudevent.source=s&metadata.cloudevent.type=t&metadata.cloudevent.subject=u&metadata.cloudevent.traceid=tr&metadata.cloudevent.tracestate=st");
        Assert.Equal(
            ("i", "s", "t", "u", "tr", "tr", "st"),
            (Text("id"), Text("source"), Text("type"), Text("subject"), Text("traceid"), Text("traceparent"), Text("tracestate")));
        string? Text(string name) => got.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_CloudEvent_is_taken_over_and_only_completed()
    {
        var got = await PublishedAsync("""{"id":"mine","source":null,"data":{"x": 1.50},"topic":"wrong","extra":[1],"traceid":"old"}""", "application/cloudevents+json");
        Assert.Equal("mine", got.GetProperty("id").GetString());
        Assert.Equal("Dapr", got.GetProperty("source").GetString());
        Assert.Equal("com.dapr.event.sent", got.GetProperty("type").GetString());
        Assert.Equal("orders", got.GetProperty("topic").GetString());
        Assert.Equal("""{"x": 1.50}""", got.GetProperty("data").GetRawText());
        Assert.Equal("[1]", got.GetProperty("extra").GetRawText());
        Assert.NotEqual("old", got.GetProperty("traceid").GetString());
        Assert.Single(got.EnumerateObject(), member => member.Name == "topic");
    }

    [Theory]
    [InlineData("/v1.0/publish/pubsub/orders", "[1]", "application/cloudevents+json", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("/v1.0/publish/pubsub/orders", "{\"id\":", "application/cloudevents+json", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("/v1.0/publish/nowhere/orders", "1", "application/json", 404, "ERR_PUBSUB_NOT_FOUND")]
    [InlineData("/v1.0/publish/pubsub", "1", "application/json", 404, "ERR_TOPIC_NAME_EMPTY")]
    [InlineData("/v1.0/publish/pubsub/orders?metadata.rawPayload=perhaps", "1", "application/json", 400, "ERR_PUBSUB_REQUEST_METADATA")]
    [InlineData("/v1.0/publish/pubsub/orders?metadata.ttlInSeconds=soon", "1", "application/json", 500, "ERR_PUBSUB_PUBLISH_MESSAGE")]
    [InlineData("/v1.0/publish/pubsub/forbidden", "1", "application/json", 403, "ERR_PUBSUB_FORBIDDEN")]
    [InlineData("/v1.0/publish/bulk/pubsub/orders", "{}", "application/json", 400, "ERR_PUBSUB_EVENTS_SER")]
    [InlineData("/v1.0/publish/bulk/pubsub/orders", "[{\"event\":1}]", "application/json", 400, "ERR_PUBSUB_EVENTS_SER")]
    [InlineData("/v1.0/publish/bulk/pubsub/orders", "[{\"entryId\":\"1\",\"event\":1}]", "application/json", 400, "ERR_PUBSUB_EVENTS_SER")]
    [InlineData("/v1.0/publish/bulk/pubsub/orders", "[{\"entryId\":\"1\",\"event\":1,\"contentType\":\"application/json\"},{\"entryId\":\"1\",\"event\":2,\"contentType\":\"application/json\"}]", "application/json", 400, "ERR_PUBSUB_EVENTS_SER")]
    [InlineData("/v1.0/publish/bulk/pubsub/orders?metadata.rawPayload=perhaps", "[]", "application/json", 400, "ERR_PUBSUB_REQUEST_METADATA")]
    public async Task What_cannot_be_published_is_refused_in_Daprs_words(string address, string body, string contentType, int status, string code)
    {
        await using var place = await PubSubPlace.StartAsync(null, metadata: new() { ["allowedTopics"] = "orders" });
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new(contentType);
        using var response = await place.Client.PostAsync(new Uri(address, UriKind.Relative), content);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((status, code), ((int)response.StatusCode, error.GetProperty("errorCode").GetString()));
    }

    [Theory]
    [InlineData("publishingScopes", "shop=orders;other=parcels", "orders", 204)]
    [InlineData("publishingScopes", "shop=orders;other=parcels", "parcels", 403)]
    [InlineData("publishingScopes", "shop=", "orders", 403)]
    [InlineData("publishingScopes", "other=parcels", "orders", 204)]
    [InlineData("protectedTopics", "orders", "orders", 403)]
    [InlineData("protectedTopics", "orders", "parcels", 204)]
    public async Task Scopes_say_which_topics_an_app_may_publish_to(string key, string scope, string topic, int status)
    {
        await using var place = await PubSubPlace.StartAsync(null, metadata: new() { [key] = scope });
        using var response = await place.PublishAsync(topic, "1");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/v1.0/publish/bulk/pubsub/orders")]
    [InlineData("/v1.0-alpha1/publish/bulk/pubsub/orders")]
    public async Task A_bulk_publish_delivers_each_entry_with_its_own_metadata(string address)
    {
        await using var place = await PubSubPlace.StartAsync(Orders);
        using var content = SidecarFixture.Json("""
            [{"entryId":"1","event":{"n": 1.0},"contentType":"application/json","metadata":{"cloudevent.type":"one"}},
             {"entryID":"2","event":"text","contentType":"text/plain"},
             {"entryId":"3","event":"YWJj","contentType":"application/octet-stream"}]
            """);
        using var response = await place.Client.PostAsync(new Uri(address, UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await place.App.WaitForAsync(3);
        var got = place.App.Received.Select(received => received.Json).ToList();
        Assert.Equal("one", Assert.Single(got, one => one.TryGetProperty("data", out var data) && data.GetRawText() == """{"n": 1.0}""").GetProperty("type").GetString());
        Assert.Single(got, one => one.TryGetProperty("data", out var data) && data.GetRawText() == "\"text\"");
        Assert.Single(got, one => one.TryGetProperty("data_base64", out var data) && data.GetString() == "YWJj");
    }

    [Fact]
    public async Task Entries_without_metadata_have_none_of_the_requests_but_all_are_raw_when_the_request_says_so()
    {
        await using var place = await PubSubPlace.StartAsync(Orders);
        const string Entries = """
            [{"entryId":"1","event":"a","contentType":"text/plain"},
             {"entryId":"2","event":"b","contentType":"text/plain","metadata":{"rawPayload":"true"}}]
            """;
        using (var content = SidecarFixture.Json(Entries))
            (await place.Client.PostAsync(new Uri("/v1.0/publish/bulk/pubsub/orders?metadata.cloudevent.type=given", UriKind.Relative), content)).Dispose();
        await place.App.WaitForAsync(2);
        var got = place.App.Received.Select(received => received.Json).ToDictionary(one => one.GetProperty("data").GetString()!, one => one.GetProperty("type").GetString());
        Assert.Equal(("com.dapr.event.sent", "given"), (got["a"], got["b"]));
    }

    [Fact]
    public async Task A_traceparent_given_beside_a_traceid_stands_for_both()
    {
        var got = await PublishedAsync("1", "application/json", "?metadata.cloudevent.traceid=id&metadata.cloudevent.traceparent=parent");
        Assert.Equal(("parent", "parent"), (got.GetProperty("traceid").GetString(), got.GetProperty("traceparent").GetString()));
    }

    [Fact]
    public async Task Without_native_expiry_the_envelope_says_when_the_event_ends()
    {
        await using var place = await PubSubPlace.StartAsync(Orders, "pubsub.in-memory");
        (await place.PublishAsync("orders", "1", query: "?metadata.ttlInSeconds=60")).Dispose();
        await place.App.WaitForAsync(1);
        Assert.True(place.App.Received.Single().Json.GetProperty("expiration").GetDateTimeOffset() > DateTimeOffset.UtcNow);
    }

    private static async Task<JsonElement> PublishedAsync(string body, string? contentType, string query = "")
    {
        await using var place = await PubSubPlace.StartAsync(Orders);
        using var response = await place.PublishAsync("orders", body, contentType, query);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await place.App.WaitForAsync(1);
        return place.App.Received.Single().Json;
    }
}
