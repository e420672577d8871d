using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using static Sidecar.Tests.Outbox.OutboxPlace;

namespace Sidecar.Tests.Outbox;

/// <summary>What a transaction on a store with Dapr's outbox tells the world.</summary>
public sealed class OutboxEventTests
{
    [Theory]
    [InlineData("state.in-memory", "pubsub.in-memory")]
    [InlineData("state.sqlite", "pubsub.embedded")]
    public async Task An_upsert_is_told_a_second_after_it_was_committed_and_its_marker_goes(string store, string pubsub)
    {
        await using var place = await StartAsync(store, pubsub);

        await place.CommitAsync(Upsert("1", "\"2\""));

        var marker = Assert.Single(await place.KeysAsync(), key => key.StartsWith("outbox-", StringComparison.Ordinal));
        Assert.Contains("shop||1", await place.KeysAsync());
        Assert.Empty(place.App.Received);
        var told = await place.NextEventAsync();
        Assert.Equal("/changes", place.App.Received.Last().Path);
        Assert.Equal(marker, Text(told, "id"));
        Assert.Equal(
            ("2", "text/plain", "shop", "com.dapr.event.sent", "1.0", Topic, "pubsub"),
            (Text(told, "data"), Text(told, "datacontenttype"), Text(told, "source"), Text(told, "type"), Text(told, "specversion"), Text(told, "topic"), Text(told, "pubsubname")));
        await place.UntilKeysAsync("shop||1");
    }

    [Fact]
    public async Task Over_gRPC_bytes_are_told_as_they_are_and_JSON_when_the_item_says_so()
    {
        await using var place = await StartAsync();

        await TransactAsync(place, Item(new StateItem { Key = "1", Value = ByteString.CopyFromUtf8("two") }));
        var plain = await place.NextEventAsync();
        await TransactAsync(place, Item(new StateItem { Key = "1", Value = ByteString.CopyFromUtf8("""{"n":2.50}"""), Metadata = { ["contentType"] = "application/json" } }));
        var json = await place.NextEventAsync();

        Assert.Equal(("two", "text/plain"), (Text(plain, "data"), Text(plain, "datacontenttype")));
        Assert.Equal(("""{"n":2.50}""", "application/json"), (json.GetProperty("data").GetRawText(), Text(json, "datacontenttype")));
    }

    [Theory]
    [InlineData("""{"operation":"upsert","request":{"key":"1","value":{"n":1},"contentType":"application/json"}}""", "")]
    [InlineData("""{"operation":"upsert","request":{"key":"1","value":{"n":1},"metadata":{"contentType":"application/json"}}}""", "")]
    [InlineData("""{"operation":"upsert","request":{"key":"1","value":{"n":1}}}""", "?metadata.contentType=application/json")]
    public async Task Over_HTTP_a_value_is_told_as_JSON_when_item_metadata_or_query_name_the_type(string operation, string query)
    {
        await using var place = await StartAsync();

        await place.CommitAsync(operation, query);
        var told = await place.NextEventAsync();

        Assert.Equal(("""{"n":1}""", "application/json"), (told.GetProperty("data").GetRawText(), Text(told, "datacontenttype")));
    }

    [Theory]
    [InlineData("""{"orderId":"7","lines":[1,2.5],"open":true,"note":null}""", "map[lines:[1 2.5] note:<nil> open:true orderId:7]")]
    [InlineData("123456", "123456")]
    [InlineData("1000000", "1e+06")]
    [InlineData("123456789", "1.23456789e+08")]
    [InlineData("0.00001234", "1.234e-05")]
    [InlineData("0.5", "0.5")]
    public async Task Over_HTTP_a_value_without_a_type_is_told_in_Go_s_words(string value, string text)
    {
        await using var place = await StartAsync();

        await place.CommitAsync(Upsert("1", value));

        Assert.Equal((text, "text/plain"), (Text(await place.NextEventAsync(), "data"), Text(place.App.Received.Last().Json, "datacontenttype")));
    }

    [Fact]
    public async Task Item_metadata_overrides_attributes_but_neither_id_nor_data()
    {
        await using var place = await StartAsync();

        await place.CommitAsync(Upsert("1", "\"2\"",
            """{"type":"OrderChanged","cloudevent.source":"Customers","outbox.cloudevent.subject":"42","outbox.cloudevent.myapp":"myapp1","data":"a","id":"b","cloudevent.id":"c","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"""));
        var told = await place.NextEventAsync();

        Assert.Equal(("OrderChanged", "Customers", "42"), (Text(told, "type"), Text(told, "source"), Text(told, "subject")));
        // daprd writes the key as it is; the name behind the prefix is there as well.
        Assert.Equal(("myapp1", "myapp1"), (Text(told, "outbox.cloudevent.myapp"), Text(told, "myapp")));
        Assert.Equal("2", Text(told, "data"));
        Assert.StartsWith("outbox-", Text(told, "id"), StringComparison.Ordinal);
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", place.App.Received.Last().Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trace_of_the_transaction_stands_in_the_event()
    {
        await using var place = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/state/store/transaction")
        {
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }, { "tracestate", "a=b" } },
            Content = new StringContent($$"""{"operations":[{{Upsert("1", "1")}}]}"""),
        };
        (await place.Client.SendAsync(request)).EnsureSuccessStatusCode();
        var told = await place.NextEventAsync();

        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Text(told, "traceid"), StringComparison.Ordinal);
        Assert.Equal(("", "a=b"), (Text(told, "traceparent"), Text(told, "tracestate")));
    }

    [Fact]
    public async Task A_projection_is_told_in_place_of_the_value_and_never_saved()
    {
        await using var place = await StartAsync();

        await place.CommitAsync($$$"""{{{Upsert("1", "\"2\"")}}},{{{Upsert("1", "\"3\"", """{"outbox.projection":"true"}""")}}}""");
        var told = await place.NextEventAsync();

        Assert.Equal("3", Text(told, "data"));
        Assert.Equal("\"2\"", await place.Client.GetStringAsync(new Uri("/v1.0/state/store/1", UriKind.Relative)));
        Assert.Single(place.App.Received);
    }

    [Fact]
    public async Task Each_upsert_is_told_a_delete_and_a_plain_save_are_not()
    {
        await using var place = await StartAsync();
        using var save = new StringContent("""[{"key":"plain","value":1}]""");
        (await place.Client.PostAsync(new Uri("/v1.0/state/store", UriKind.Relative), save)).EnsureSuccessStatusCode();

        await place.CommitAsync($$$"""{"operation":"delete","request":{"key":"plain"}}""");
        Assert.Empty(await place.KeysAsync());
        await place.CommitAsync($"{Upsert("1", "\"a\"")},{Upsert("2", "\"b\"")}");
        Assert.Equal(2, (await place.KeysAsync()).Count(key => key.StartsWith("outbox-", StringComparison.Ordinal)));
        await place.NextEventAsync();
        if (place.App.Received.Count < 2)
            await place.NextEventAsync();

        Assert.Equal(["a", "b"], place.App.Received.Select(received => Text(received.Json, "data")).Order());
        await place.UntilKeysAsync("shop||1", "shop||2");
    }

    [Theory]
    [InlineData("default", "shopchangesoutbox")]
    [InlineData("retail", "retailshopchangesoutbox")]
    public async Task The_internal_topic_is_named_by_namespace_app_and_topic(string @namespace, string topic)
    {
        await using var place = await StartAsync(@namespace: @namespace);
        var (heard, subscription) = await place.ListenAsync(topic);
        await using var _ = subscription;

        await place.CommitAsync(Upsert("1", "\"2\""));
        var told = await place.NextEventAsync();

        // Another group of the topic: it may hear of it after the app.
        using var announcement = JsonDocument.Parse((await heard.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Data);
        Assert.Equal(Text(told, "id"), Text(announcement.RootElement, "id"));
        Assert.Equal(("", "pubsub", "2"), (Text(announcement.RootElement, "topic"), Text(announcement.RootElement, "pubsubname"), Text(announcement.RootElement, "data")));
    }

    [Fact]
    public async Task The_internal_topic_can_be_on_another_component_than_the_event()
    {
        await using var place = await StartAsync(outbox: new() { ["outboxPublishPubsub"] = "final", ["outboxPubsub"] = "pubsub" });
        var (heard, subscription) = await place.ListenAsync("shopchangesoutbox");
        await using var _ = subscription;

        await place.CommitAsync(Upsert("1", "\"2\""));
        var told = await place.NextEventAsync();

        await heard.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, heard.Count);
        Assert.Equal(("/final", "final"), (place.App.Received.Last().Path, Text(told, "pubsubname")));
    }

    private static string Text(JsonElement told, string attribute) => told.GetProperty(attribute).GetString()!;

    private static TransactionalStateOperation Item(StateItem item) => new() { OperationType = "upsert", Request = item };

    private static async Task TransactAsync(OutboxPlace place, params TransactionalStateOperation[] operations) =>
        await place.Grpc.UnaryAsync(DaprMethods.ExecuteStateTransaction, new ExecuteStateTransactionRequest { StoreName = "store", Operations = { operations } });
}
