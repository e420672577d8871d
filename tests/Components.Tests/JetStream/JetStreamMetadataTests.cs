using Sidecar.Components.JetStreamPubSub;
using Sidecar.Components.Nats;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Components.Tests.JetStream;

public sealed class JetStreamMetadataTests
{
    [Fact]
    public void Every_setting_reaches_the_consumer_as_Dapr_has_it()
    {
        var options = Read(
            ("natsURL", "nats://token@one:1234,tls://two"), ("durableName", "d"), ("queueGroupName", "q"), ("deliverPolicy", "sequence"), ("startSequence", "5"),
            ("startTime", "1629328511"), ("ackPolicy", "all"), ("ackWait", "2s"), ("maxDeliver", "10"), ("backOff", "500ms, 2s, 10s"), ("maxAckPending", "5000"), ("replicas", "3"),
            ("memoryStorage", "true"), ("rateLimit", "20000"), ("flowControl", "true"), ("heartbeat", "1s"), ("domain", "hub"), ("concurrency", "parallel"));

        Assert.Equal([new NatsAddress("one", 1234, Token: "token"), new NatsAddress("two", 4222, Tls: true)], options.Connection.Servers);
        Assert.Equal("dapr.io - pubsub.jetstream", options.Connection.Name);
        Assert.Equal("$JS.hub.API.", options.ApiPrefix);
        Assert.Equal(
            ("d", "q", "by_start_sequence", 5UL, DateTimeOffset.FromUnixTimeSeconds(1629328511), "all", 2_000_000_000L),
            (options.Consumer.Durable, options.Consumer.DeliverGroup, options.Consumer.DeliverPolicy, options.Consumer.StartSequence!.Value, options.Consumer.StartTime!.Value,
                options.Consumer.AckPolicy, options.Consumer.AckWait!.Value));
        Assert.Equal([500_000_000L, 2_000_000_000L, 10_000_000_000L], options.Consumer.BackOff!);
        Assert.Equal(
            (10, 5000, 3, true, 20000UL, true, 1_000_000_000L),
            (options.Consumer.MaxDeliver!.Value, options.Consumer.MaxAckPending!.Value, options.Consumer.Replicas!.Value, options.Consumer.MemoryStorage!.Value,
                options.Consumer.RateLimit!.Value, options.Consumer.FlowControl!.Value, options.Consumer.Heartbeat!.Value));
        Assert.True(options.Parallel);
        Assert.Equal(TimeSpan.FromSeconds(2), options.NakDelay);
    }

    [Fact]
    public void What_is_not_set_is_left_to_the_server()
    {
        var options = Read(("natsURL", "localhost"));
        Assert.Equal(new ConsumerConfig(), options.Consumer);
        Assert.Equal("$JS.API.", options.ApiPrefix);
        Assert.False(options.Parallel);
        Assert.Null(options.NakDelay);
        Assert.Equal("nats://localhost:4222", options.Connection.Address);
    }

    [Theory]
    [InlineData("natsURL", "")]
    [InlineData("natsURL", "http://localhost")]
    [InlineData("natsURL", ",")]
    [InlineData("deliverPolicy", "newest")]
    [InlineData("concurrency", "many")]
    [InlineData("ackWait", "soon")]
    [InlineData("backOff", "1s,never")]
    [InlineData("maxAckPending", "1.5")]
    [InlineData("replicas", "9")]
    [InlineData("durableName", "a.b")]
    [InlineData("token", "", "jwt", "x")]
    [InlineData("token", "", "seedKey", "x")]
    [InlineData("token", "", "tls_client_cert", "x")]
    [InlineData("tls_client_key", "nowhere.key", "tls_client_cert", "nowhere.pem")]
    public void Metadata_that_cannot_be_right_is_refused_with_file_line_and_key(string key, string value, string? another = null, string anotherValue = "")
    {
        List<(string, string)> metadata = [("natsURL", "localhost"), (key, value)];
        if (another is not null)
            metadata.Add((another, anotherValue));
        var refusal = Assert.Throws<ComponentException>(() => Read([.. metadata]));
        Assert.Contains("pubsub.yaml:7", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(another ?? key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jwt_is_refused_with_what_to_use_instead()
    {
        var refusal = Assert.Throws<ComponentException>(() => Read(("natsURL", "localhost"), ("jwt", "j"), ("seedKey", "s")));
        Assert.Contains("Ed25519", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"a"}""", "a")]
    [InlineData("""{"data":{"id":"inner"},"id":"outer"}""", "outer")]
    [InlineData("""{"id":"first","id":"last"}""", "last")]
    [InlineData("""{"id":7}""", null)]
    [InlineData("""{"id":""}""", null)]
    [InlineData("""{"id":"a"} trailing""", null)]
    [InlineData("""["id"]""", null)]
    [InlineData("plain", null)]
    [InlineData("", null)]
    public void The_message_id_is_the_id_of_a_cloud_event(string payload, string? id) => Assert.Equal(id, CloudEventId.Find(System.Text.Encoding.UTF8.GetBytes(payload)));

    [Theory]
    [InlineData("$JS.ACK.orders.app.2.77.5.1700000000.3", "orders", 77UL, 2UL)]
    [InlineData("$JS.ACK.hub.acc.orders.app.1.78.5.1700000000.3", "orders", 78UL, 1UL)]
    [InlineData("$JS.ACK.hub.acc.orders.app.1.78.5.1700000000.3.token", "orders", 78UL, 1UL)]
    public void A_delivery_tells_stream_sequence_and_count(string reply, string stream, ulong sequence, ulong delivered) =>
        Assert.Equal(new DeliveryInfo(stream, sequence, delivered), DeliveryInfo.Parse(reply));

    [Theory]
    [InlineData(null)]
    [InlineData("_INBOX.x.1")]
    [InlineData("$JS.ACK.orders.app.2.77")]
    [InlineData("$JS.ACK.orders.app.x.y.5.1700000000.3")]
    public void Something_else_is_no_delivery(string? reply) => Assert.Null(DeliveryInfo.Parse(reply));

    private static JetStreamOptions Read(params (string Key, string Value)[] metadata)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in metadata)
        {
            all[key] = value;
        }

        return JetStreamOptions.Read(
            new Component
            {
                Name = "pubsub",
                Type = "pubsub.jetstream",
                Metadata = all,
                Location = new SourceLocation("pubsub.yaml", 7),
                MetadataLocations = all.Keys.ToDictionary(key => key, _ => new SourceLocation("pubsub.yaml", 7)),
            },
            Path.GetTempPath());
    }
}
