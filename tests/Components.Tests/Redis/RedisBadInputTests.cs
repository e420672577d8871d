using System.Diagnostics;
using System.Text;
using Conformance;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>Servers that are away, locked, full, read-only or silent, and metadata that cannot be meant.</summary>
[NeedsServer("redis")]
public sealed class RedisBadInputTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComponentPlace _place = new();
    private readonly List<RedisServer> _servers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    [ConformanceFact]
    public async Task A_server_that_is_not_there_is_tried_for_initTimeout_and_then_named()
    {
        var server = new RedisServer();
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<ComponentException>(() => _place.MakeAsync<IPubSub>(
            "pubsub.redis", new() { ["redisHost"] = server.Address }, initTimeout: TimeSpan.FromSeconds(1)));
        await server.DisposeAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));
        Assert.Contains("component 'under-test' (pubsub.redis/v1) at store.yaml:9: metadata 'redisHost' cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Address, error.Message, StringComparison.Ordinal);
        Assert.Contains("tried for 1 s, spec.initTimeout", error.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_server_that_comes_up_meanwhile_is_found()
    {
        var server = new RedisServer();
        _servers.Add(server);
        var making = _place.MakeAsync<IStateStore>("state.redis", new() { ["redisHost"] = server.Address }, initTimeout: TimeSpan.FromSeconds(30));
        await server.StartAsync();
        await using var store = await making;
        await store.ExecuteAsync(new SetState("k", "v"u8.ToArray()), None);
    }

    [ConformanceFact]
    public async Task Wrong_credentials_are_refused_at_once_and_the_right_ones_are_taken()
    {
        var server = await StartAsync("--requirepass", "s3cret", "--user", "alice", "on", ">wonder", "~*", "&*", "+@all");
        foreach (var (key, value) in ((string, string)[])[("redisPassword", "wr0ng"), ("redisUsername", "nobody"), ("redisDB", "99")])
        {
            var metadata = new Dictionary<string, string> { ["redisHost"] = server.Address, ["redisPassword"] = "s3cret", [key] = value };
            var error = await Assert.ThrowsAsync<ComponentException>(() => _place.MakeAsync<IStateStore>("state.redis", metadata));
            Assert.Contains(key == "redisDB" ? "'redisDB' is 99" : "'redisPassword' is not accepted", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wr0ng", error.Message, StringComparison.Ordinal);
        }

        var none = await Assert.ThrowsAsync<ComponentException>(() => _place.MakeAsync<IStateStore>("state.redis", new() { ["redisHost"] = server.Address }));
        Assert.Contains("check redisUsername and redisPassword", none.Message, StringComparison.Ordinal);

        foreach (var (user, password) in ((string, string)[])[("", "s3cret"), ("alice", "wonder")])
        {
            await using var store = await _place.MakeAsync<IStateStore>(
                "state.redis", new() { ["redisHost"] = server.Address, ["redisUsername"] = user, ["redisPassword"] = password, ["redisDB"] = "2" });
            await store.ExecuteAsync(new SetState("k", "v"u8.ToArray()), None);
        }

        await using var raw = await RawRedis.ConnectAsync(server, "2", "s3cret");
        Assert.Equal(1, (await raw.DoAsync("DBSIZE")).Number);
    }

    [ConformanceFact]
    public async Task A_full_server_is_told_with_the_way_out()
    {
        var server = await StartAsync("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
        await using var pubsub = await _place.MakeAsync<IPubSub>("pubsub.redis", new() { ["redisHost"] = server.Address });
        await using var store = await _place.MakeAsync<IStateStore>("state.redis", new() { ["redisHost"] = server.Address });
        var full = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 100; i++)
                await pubsub.PublishAsync(new PubSubMessage("orders", new byte[50_000], new Dictionary<string, string>()), None);
        });
        var notSaved = await Assert.ThrowsAnyAsync<Exception>(() => store.ExecuteAsync(new SetState("k", new byte[50_000]), None).AsTask());
        var notTransacted = await Assert.ThrowsAnyAsync<Exception>(() => store.TransactAsync([new SetState("k", new byte[50_000])], None).AsTask());

        Assert.Contains($"redis at {server.Address} refused XADD: OOM", full.Message, StringComparison.Ordinal);
        Assert.All([full, notSaved, notTransacted], error => Assert.Contains("raise its maxmemory", error.Message, StringComparison.Ordinal));
    }

    [ConformanceFact]
    public async Task A_read_only_replica_is_told_as_such()
    {
        var primary = await StartAsync();
        var replica = await StartAsync("--replicaof", $"127.0.0.1 {primary.Port}");
        await using var pubsub = await _place.MakeAsync<IPubSub>("pubsub.redis", new() { ["redisHost"] = replica.Address });
        await using var store = await _place.MakeAsync<IStateStore>("state.redis", new() { ["redisHost"] = replica.Address });
        Exception[] errors =
        [
            await Assert.ThrowsAnyAsync<Exception>(() => pubsub.PublishAsync(new PubSubMessage("orders", "x"u8.ToArray(), new Dictionary<string, string>()), None).AsTask()),
            await Assert.ThrowsAnyAsync<Exception>(() => store.ExecuteAsync(new SetState("k", "v"u8.ToArray()), None).AsTask()),
            await Assert.ThrowsAnyAsync<Exception>(() => store.TransactAsync([new SetState("k", "v"u8.ToArray()), new DeleteState("l")], None).AsTask()),
        ];
        Assert.All(errors, error => Assert.Contains("it is a read-only replica: name the primary in redisHost", error.Message, StringComparison.Ordinal));
    }

    [ConformanceFact]
    public async Task A_publish_waits_for_a_lost_server_a_bounded_time_and_goes_on_when_it_is_back()
    {
        var server = await StartAsync();
        await using var pubsub = await _place.MakeAsync<IPubSub>("pubsub.redis", new() { ["redisHost"] = server.Address, ["dialTimeout"] = "300ms" });
        var message = new PubSubMessage("orders", "x"u8.ToArray(), new Dictionary<string, string>());
        await pubsub.PublishAsync(message, None);
        await server.KillAsync();
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAnyAsync<IOException>(() => pubsub.PublishAsync(message, None).AsTask());

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Contains($"redis at {server.Address} cannot be reached", error.Message, StringComparison.Ordinal);
        await server.StartAsync();
        await pubsub.PublishAsync(message, None);
    }

    [ConformanceFact]
    public async Task A_server_that_does_not_answer_is_given_up_after_readTimeout()
    {
        var server = await StartAsync();
        await using var raw = await RawRedis.ConnectAsync(server);
        await using var store = await _place.MakeAsync<IStateStore>(
            "state.redis", new() { ["redisHost"] = server.Address, ["readTimeout"] = "200ms", ["redisMaxRetries"] = "-1" });
        await store.ExecuteAsync(new SetState("k", "v"u8.ToArray()), None);
        await raw.DoAsync("CLIENT", "PAUSE", 1500, "ALL");
        var error = await Assert.ThrowsAnyAsync<IOException>(() => store.GetAsync("k", None).AsTask());
        Assert.Contains("did not answer for 0.2 s (readTimeout)", error.Message, StringComparison.Ordinal);
        Assert.Equal("v", Encoding.UTF8.GetString((await store.GetAsync("k", None))!.Value.Span));
    }

    [ConformanceFact]
    public async Task A_message_over_the_servers_limit_is_refused_and_the_next_one_is_taken()
    {
        var server = await StartAsync("--proto-max-bulk-len", "1mb");
        await using var pubsub = await _place.MakeAsync<IPubSub>("pubsub.redis", new() { ["redisHost"] = server.Address });
        await Assert.ThrowsAnyAsync<Exception>(() => pubsub.PublishAsync(new PubSubMessage("orders", new byte[3 << 20], new Dictionary<string, string>()), None).AsTask());
        await pubsub.PublishAsync(new PubSubMessage("orders", "x"u8.ToArray(), new Dictionary<string, string>()), None);
    }

    [Theory]
    [InlineData("redisHost", "", "is missing or empty")]
    [InlineData("redisHost", "a:1,b:2", "names several servers")]
    [InlineData("redisHost", "localhost:port", "its port must be a number")]
    [InlineData("redisPort", "6380", "redisHost already says port 6379")]
    [InlineData("redisType", "cluster", "speaks to one server only")]
    [InlineData("redisType", "ring", "Dapr knows 'node' and 'cluster'")]
    [InlineData("failover", "true", "Redis Sentinel")]
    [InlineData("useEntraID", "true", "Microsoft Entra ID")]
    [InlineData("redisDB", "one", "must be a whole number")]
    [InlineData("dialTimeout", "soon", "which is no duration")]
    [InlineData("poolSize", "many", "must be a whole number")]
    [InlineData("clientCert", "no PEM", "are no PEM certificate with its key")]
    [InlineData("concurrency", "0", "of at least 1")]
    [InlineData("queueDepth", "-3", "of at least 1")]
    [InlineData("processingTimeout", "often", "which is no duration")]
    [InlineData("maxLenApprox", "10k", "must be a whole number")]
    public async Task Metadata_that_cannot_be_meant_is_refused_with_its_key(string key, string value, string problem)
    {
        var metadata = new Dictionary<string, string> { ["redisHost"] = "localhost:6379", ["clientKey"] = "no PEM", [key] = value };
        var error = await Assert.ThrowsAsync<ComponentException>(() => _place.MakeAsync<IPubSub>("pubsub.redis", metadata));
        Assert.Contains($"at store.yaml:9: metadata '{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private async Task<RedisServer> StartAsync(params string[] settings)
    {
        var server = new RedisServer(settings: settings);
        _servers.Add(server);
        await server.StartAsync();
        return server;
    }
}
