using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>The suite of all brokers on Redis Streams.</summary>
[NeedsServer("redis")]
public sealed class RedisStreamsTests(SharedServer<RedisServer> redis) : PubSubConformance, IClassFixture<SharedServer<RedisServer>>
{
    private readonly ComponentPlace _place = new();

    protected override PubSubPromises Promises { get; } = new() { OrderPerKey = false, RedeliversFailures = false, TimeToLive = false };

    protected override Task<IPubSub> OpenAsync(string appId) =>
        _place.MakeAsync<IPubSub>("pubsub.redis", new() { ["redisHost"] = redis.Server.Address }, appId: appId);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }
}

/// <summary>The suite of all brokers with one worker, which is what Dapr offers for keeping the order.</summary>
[NeedsServer("redis")]
public sealed class RedisStreamsInOrderTests(SharedServer<RedisServer> redis) : PubSubConformance, IClassFixture<SharedServer<RedisServer>>
{
    private readonly ComponentPlace _place = new();

    protected override PubSubPromises Promises { get; } = new() { OrderPerKey = true, RedeliversFailures = false, TimeToLive = false };

    protected override Task<IPubSub> OpenAsync(string appId) =>
        _place.MakeAsync<IPubSub>("pubsub.redis", new() { ["redisHost"] = redis.Server.Address, ["concurrency"] = "1" }, appId: appId);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }
}

/// <summary>Redis is killed in mid-stream and comes back with its append-only file.</summary>
[NeedsServer("redis")]
public sealed class RedisOutageTests : BrokerOutageConformance
{
    private readonly ComponentPlace _place = new();
    private readonly RedisServer _server = new();

    public override async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override Task StartBrokerAsync(string topic) => _server.StartAsync();

    protected override Task BreakAsync() => _server.KillAsync();

    protected override Task MendAsync() => _server.StartAsync();

    // What was on its way to the reader when the server died is found as pending.
    protected override Task<IPubSub> OpenAsync(string appId) => _place.MakeAsync<IPubSub>(
        "pubsub.redis", new() { ["redisHost"] = _server.Address, ["processingTimeout"] = "1s", ["redeliverInterval"] = "500ms" }, appId: appId);
}
