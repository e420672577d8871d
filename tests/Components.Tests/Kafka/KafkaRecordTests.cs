using System.Globalization;
using System.Text;
using Conformance;
using Sidecar.Runtime.PubSub;

namespace Components.Tests.Kafka;

/// <summary>What of a message is in the record, and what comes back; on librdkafka's mock cluster (not Apache Kafka), or on the real one that <c>KAFKA_BROKERS</c> names.</summary>
[NeedsServer("kafka")]
public sealed class KafkaRecordTests(KafkaPlace kafka) : IClassFixture<KafkaPlace>
{
    private readonly string _topic = $"record-{Guid.NewGuid():N}"[..14];

    [ConformanceFact]
    public async Task Key_and_metadata_travel_as_key_and_headers_and_the_record_tells_where_it_lies()
    {
        var (plain, escaped) = (new Inbox(), new Inbox());
        await using var component = await kafka.OpenAsync(_topic, new() { ["excludeHeaderMetaRegex"] = "(?i)^secret" });
        await using var escaping = await kafka.OpenAsync($"{_topic}-escaped", new() { ["escapeHeaders"] = "true" });
        await using var one = await SubscribeAsync(component, plain);
        await using var two = await SubscribeAsync(escaping, escaped);
        await component.PublishAsync(
            Message("hello", new() { ["partitionKey"] = "a key/ö", ["shade"] = "sky blue", ["Secret-thing"] = "x", ["ttlInSeconds"] = "60" }), CancellationToken.None);
        await plain.WaitForAsync(1);
        await escaped.WaitForAsync(1);

        var got = Assert.Single(plain.Messages);
        Assert.Equal(_topic, got.Topic);
        Assert.Equal("a key/ö", got.Metadata["__key"]);
        Assert.Equal("a key/ö", got.Metadata["partitionKey"]);
        Assert.Equal("sky blue", got.Metadata["shade"]);
        Assert.Equal("60", got.Metadata["ttlInSeconds"]);
        Assert.Equal("0", got.Metadata["__offset"]);
        Assert.Equal(_topic, got.Metadata["__topic"]);
        Assert.Equal(KafkaOrderTests.PartitionOf("a key/ö", 4).ToString(CultureInfo.InvariantCulture), got.Metadata["__partition"]);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(got.Metadata["__timestamp"], CultureInfo.InvariantCulture)), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.DoesNotContain("Secret-thing", got.Metadata.Keys);
        Assert.Equal("sky+blue", Assert.Single(escaped.Messages).Metadata["shade"]);
        Assert.Equal("a+key%2F%C3%B6", escaped.Messages[0].Metadata["__key"]);
    }

    [ConformanceFact]
    public async Task A_key_lies_on_the_partition_that_Daprs_own_client_chooses_and_a_null_is_a_tombstone()
    {
        var inbox = new Inbox();
        await using var component = await kafka.OpenAsync(_topic);
        await using var subscription = await SubscribeAsync(component, inbox);
        var keys = Enumerable.Range(0, 40).Select(number => $"order-{number * 7919}").ToList();
        await Task.WhenAll(keys.Select(key => component.PublishAsync(Message("null", new() { ["__key"] = key }), CancellationToken.None).AsTask()));
        await inbox.WaitForAsync(keys.Count);

        Assert.Equal(
            keys.Select(key => (key, KafkaOrderTests.PartitionOf(key, 4))).Order(),
            inbox.Messages.Select(message => (message.Metadata["__key"], int.Parse(message.Metadata["__partition"], CultureInfo.InvariantCulture))).Order());
        Assert.All(inbox.Texts, text => Assert.Equal("null", text));
    }

    [ConformanceFact]
    public async Task A_message_over_the_limit_is_refused_with_both_sizes_and_others_of_its_bulk_are_not()
    {
        await using var component = (IBulkPubSub)await kafka.OpenAsync(_topic, new() { ["maxMessageBytes"] = "2000" });
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => component.PublishAsync(Message(new string('x', 3000), []), CancellationToken.None).AsTask());
        Assert.Contains("3036 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("maxMessageBytes (2000)", refusal.Message, StringComparison.Ordinal);

        var outcomes = await component.PublishBulkAsync([Message("small", []), Message(new string('x', 3000), []), Message("small", [])], CancellationToken.None);
        Assert.Null(outcomes[0]);
        Assert.IsType<InvalidOperationException>(outcomes[1]);
        Assert.Null(outcomes[2]);
    }

    [ConformanceFact]
    public async Task A_schema_registry_is_refused_for_publishing_and_for_subscribing()
    {
        await using var component = await kafka.OpenAsync(_topic);
        var publish = await Assert.ThrowsAsync<NotSupportedException>(() => component.PublishAsync(Message("{}", new() { ["valueSchemaType"] = "Avro" }), CancellationToken.None).AsTask());
        Assert.Contains("schema registry", publish.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => component.SubscribeAsync(
            new TopicSubscription(_topic, "g", new Dictionary<string, string> { ["valueSchemaType"] = "avro" }), new Inbox().HandleAsync, CancellationToken.None));
    }

    private Task<IAsyncDisposable> SubscribeAsync(IPubSub component, Inbox inbox) =>
        component.SubscribeAsync(new TopicSubscription(_topic, "unused", new Dictionary<string, string>()), inbox.HandleAsync, CancellationToken.None);

    private PubSubMessage Message(string text, Dictionary<string, string> metadata) => new(_topic, Encoding.UTF8.GetBytes(text), metadata);
}
