using System.Text;
using Conformance;
using Sidecar.Components.Redis;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>What is in Redis is what daprd puts there and expects there: seen with plain commands.</summary>
[NeedsServer("redis")]
public sealed class RedisStreamsLayoutTests(SharedServer<RedisServer> redis) : IClassFixture<SharedServer<RedisServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComponentPlace _place = new();
    private readonly string _topic = $"layout-{Guid.NewGuid():N}";
    private RawRedis _raw = null!;

    public async Task InitializeAsync() => _raw = await RawRedis.ConnectAsync(redis.Server);

    public async Task DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task A_message_is_a_stream_entry_with_the_fields_data_and_metadata()
    {
        await using var component = await OpenAsync();
        await component.PublishAsync(new PubSubMessage(_topic, "{\"id\":1}"u8.ToArray(), new Dictionary<string, string> { ["partitionKey"] = "o-\"1\"" }), None);
        await component.PublishAsync(new PubSubMessage(_topic, Array.Empty<byte>(), new Dictionary<string, string>()), None);

        var entries = (await _raw.DoAsync("XRANGE", _topic, "-", "+")).Items;
        Assert.Equal(["data", "{\"id\":1}", "metadata", "{\"partitionKey\":\"o-\\u00221\\u0022\"}"], entries[0].Items[1].Items.Select(item => item.Text));
        Assert.Equal(["data", "", "metadata", "{}"], entries[1].Items[1].Items.Select(item => item.Text));
    }

    [ConformanceFact]
    public async Task What_daprd_wrote_is_delivered_with_its_metadata_whatever_the_order_of_its_fields()
    {
        await _raw.DoAsync("XADD", _topic, "*", "metadata", "{\"cloudevent.id\":\"7\",\"n\":\"x\"}", "data", "one");
        await _raw.DoAsync("XADD", _topic, "*", "data", "two");
        await _raw.DoAsync("XADD", _topic, "*", "data", "three", "metadata", "no JSON");
        await _raw.DoAsync("XADD", _topic, "*", "other", "x");
        var inbox = new Inbox();
        await using var component = await OpenAsync(("concurrency", "1"));
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);

        await inbox.WaitForAsync(4);
        Assert.Equal(["one", "two", "three", ""], inbox.Texts);
        Assert.Equal("7", inbox.Messages[0].Metadata["cloudevent.id"]);
        Assert.All(inbox.Messages.Skip(1), message => Assert.Empty(message.Metadata));
    }

    [ConformanceFact]
    public async Task Group_and_consumer_are_the_consumerID_and_the_group_begins_with_the_oldest_message()
    {
        await _raw.DoAsync("XADD", _topic, "1-1", "data", "old");
        var inbox = new Inbox();
        await using var component = await OpenAsync();
        await using (await SubscribeAsync(component, inbox.HandleAsync))
            await inbox.WaitForAsync(1);

        Assert.Equal("readers", Field((await _raw.DoAsync("XINFO", "GROUPS", _topic)).Items.Single(), "name"));
        Assert.Equal("readers", Field((await _raw.DoAsync("XINFO", "CONSUMERS", _topic, "readers")).Items.Single(), "name"));
    }

    [ConformanceFact]
    public async Task What_was_handled_and_what_failed_is_acknowledged_and_what_was_interrupted_stays_pending()
    {
        var inbox = new Inbox
        {
            Handle = message => Encoding.UTF8.GetString(message.Data.Span) switch
            {
                "failed" => throw new InvalidOperationException("refused"),
                "cancelled" => throw new OperationCanceledException("paused"),
                "late" => throw new TimeoutException("late"),
                _ => Task.CompletedTask,
            },
        };
        await using var component = await OpenAsync(("concurrency", "1"));
        foreach (var text in (string[])["failed", "cancelled", "late", "handled"])
            await component.PublishAsync(new PubSubMessage(_topic, Encoding.UTF8.GetBytes(text), new Dictionary<string, string>()), None);
        await using (await SubscribeAsync(component, inbox.HandleAsync))
            await inbox.WaitForAsync(1);

        var pending = (await _raw.DoAsync("XPENDING", _topic, "readers", "-", "+", 10)).Items.Select(item => item.Items[0].Text).ToList();
        var all = (await _raw.DoAsync("XRANGE", _topic, "-", "+")).Items.Select(item => item.Items[0].Text).ToList();
        Assert.Equal([all[1], all[2]], pending);
    }

    [ConformanceFact]
    public async Task Streams_are_cut_to_about_maxLenApprox()
    {
        await using var component = (IBulkPubSub)await OpenAsync(("maxLenApprox", "100"));
        await component.PublishBulkAsync([.. Enumerable.Range(0, 3000).Select(i => new PubSubMessage(_topic, BitConverter.GetBytes(i), new Dictionary<string, string>()))], None);

        Assert.InRange((await _raw.DoAsync("XLEN", _topic)).Number, 100, 400);
    }

    [ConformanceFact]
    public async Task Streams_are_cut_to_about_what_streamTTL_lets_live()
    {
        var hourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        for (var i = 0; i < 500; i++)
            await _raw.DoAsync("XADD", _topic, $"{hourAgo}-{i + 1}", "data", "old");
        await using var component = await OpenAsync(("streamTTL", "30m"));
        await component.PublishAsync(new PubSubMessage(_topic, "new"u8.ToArray(), new Dictionary<string, string>()), None);

        Assert.InRange((await _raw.DoAsync("XLEN", _topic)).Number, 1, 200);
    }

    private async Task<IPubSub> OpenAsync(params (string Key, string Value)[] more)
    {
        var metadata = more.ToDictionary(pair => pair.Key, pair => pair.Value);
        metadata["redisHost"] = redis.Server.Address;
        return await _place.MakeAsync<IPubSub>("pubsub.redis", metadata);
    }

    private Task<IAsyncDisposable> SubscribeAsync(IPubSub component, MessageHandler handler) =>
        component.SubscribeAsync(new TopicSubscription(_topic, "readers", new Dictionary<string, string>()), handler, None);

    private static string Field(RedisReply map, string name) => map.Items[Array.FindIndex(map.Items, item => item.Text == name) + 1].Text;
}
