using System.Text.Json;
using System.Threading.Channels;
using Components.Tests.PostgreSql;
using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.Outbox;

/// <summary>Dapr's outbox with each store that has transactions: the marker is saved with the data, found by the forwarder and deleted, and its event is told.</summary>
/// <param name="type">Type of the store.</param>
/// <param name="rollsBack">A refused transaction leaves nothing behind, its markers included.</param>
public abstract class OutboxOnStores(string type, bool rollsBack)
{
    private const string Topic = "changes";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The store of a test's own, and its version.</summary>
    protected abstract (string Version, Dictionary<string, string> Metadata) Store();

    [ConformanceFact]
    public async Task A_committed_change_is_told_once_and_leaves_no_marker()
    {
        await using var place = await StartAsync();

        await place.CommitAsync("""{"operation":"upsert","request":{"key":"1","value":7,"metadata":{"contentType":"application/json"}}},{"operation":"upsert","request":{"key":"2","value":"two"}}""");
        var told = new[] { await place.ToldAsync(), await place.ToldAsync() };
        await place.QuietAsync();

        Assert.Equal(["\"two\"", "7"], told.Select(change => change.GetProperty("data").GetRawText()).Order(StringComparer.Ordinal));
        Assert.Equal(("7", "\"two\""), (await place.ReadAsync("1"), await place.ReadAsync("2")));
        foreach (var change in told)
            Assert.False(await place.HasMarkerAsync(change));
        Assert.Equal(0, place.ToldAlready);
    }

    [ConformanceFact]
    public async Task A_refused_change_is_told_only_by_a_store_that_does_not_roll_back()
    {
        await using var place = await StartAsync();
        await place.CommitAsync(Upsert("1", "first"));
        await place.ToldAsync();
        var old = await place.ETagAsync("1");
        await place.CommitAsync(Upsert("1", "second"));
        await place.ToldAsync();

        using var refused = await place.TransactAsync(
            $$$$"""{"operation":"upsert","request":{"key":"1","value":"refused","etag":"{{{{old}}}}","options":{"concurrency":"first-write"}}}""");
        var answer = await refused.Content.ReadAsStringAsync();
        var first = rollsBack ? null : (await place.ToldAsync()).GetProperty("data").GetString();
        await place.QuietAsync();

        Assert.Contains("ERR_STATE_TRANSACTION", answer, StringComparison.Ordinal);
        Assert.Equal("\"second\"", await place.ReadAsync("1"));
        // On Redis the marker stays although the change was refused: the world hears of what never was.
        Assert.Equal(rollsBack ? null : "refused", first);
        Assert.Equal(0, place.ToldAlready);
    }

    private static string Upsert(string key, string value) => $$$"""{"operation":"upsert","request":{"key":"{{{key}}}","value":"{{{value}}}"}}""";

    private async Task<Place> StartAsync()
    {
        var (version, metadata) = Store();
        (metadata["outboxPublishPubsub"], metadata["outboxPublishTopic"], metadata["outboxDiscardWhenMissingState"]) = ("pubsub", Topic, "true");
        var sidecar = await TestSidecar.For("shop").WithoutApp()
            .WithEmbeddedPubSub("pubsub")
            .WithComponent(new Component { Name = "store", Type = type, Version = version, Metadata = metadata })
            .StartAsync();
        var told = Channel.CreateUnbounded<string>();
        var hearing = await sidecar.Instance.Context.Components.PubSubs["pubsub"].Instance.SubscribeAsync(
            new TopicSubscription(Topic, "a-witness", new Dictionary<string, string>()),
            (message, _) => told.Writer.WriteAsync(System.Text.Encoding.UTF8.GetString(message.Data.Span), CancellationToken.None).AsTask(),
            default);
        return new Place(sidecar, told, hearing);
    }

    /// <summary>A sidecar whose store has an outbox, and somebody who hears what it tells.</summary>
    private sealed class Place(TestSidecar sidecar, Channel<string> told, IAsyncDisposable hearing) : IAsyncDisposable
    {
        /// <summary>Events that were heard and not asked for.</summary>
        public int ToldAlready => told.Reader.Count;

        public async Task<HttpResponseMessage> TransactAsync(string operations)
        {
            using var content = new StringContent($$"""{"operations":[{{operations}}]}""", System.Text.Encoding.UTF8, "application/json");
            return await sidecar.Http.PostAsync(new Uri("v1.0/state/store/transaction", UriKind.Relative), content);
        }

        public async Task CommitAsync(string operations)
        {
            using var answer = await TransactAsync(operations);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        public async Task<JsonElement> ToldAsync() => JsonDocument.Parse(await told.Reader.ReadAsync().AsTask().WaitAsync(s_patience)).RootElement;

        /// <summary>Every announcement is forwarded or given up, and every event heard.</summary>
        public Task QuietAsync() => sidecar.Deliveries.WhenQuietAsync().WaitAsync(s_patience);

        public Task<string> ReadAsync(string key) => sidecar.Http.GetStringAsync(new Uri($"v1.0/state/store/{key}", UriKind.Relative));

        public async Task<string> ETagAsync(string key)
        {
            using var answer = await sidecar.Http.GetAsync(new Uri($"v1.0/state/store/{key}", UriKind.Relative));
            return answer.Headers.NonValidated["ETag"].ToString().Trim('"');
        }

        /// <summary>Markers have the event's id as their key, without the app's prefix.</summary>
        public async Task<bool> HasMarkerAsync(JsonElement change) =>
            await sidecar.Instance.Context.Components.StateStores["store"].Instance.GetAsync(change.GetProperty("id").GetString()!, default) is not null;

        public async ValueTask DisposeAsync()
        {
            await hearing.DisposeAsync();
            await sidecar.DisposeAsync();
        }
    }
}

[NeedsServer("postgresql")]
public abstract class OutboxOnPostgreSql(SharedServer<PostgreSqlServer> server, string version) : OutboxOnStores("state.postgresql", rollsBack: true), IAsyncLifetime
{
    private readonly List<PostgreSqlPlace> _places = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var place in _places)
            await place.DisposeAsync();
    }

    protected override (string Version, Dictionary<string, string> Metadata) Store()
    {
        _places.Add(new PostgreSqlPlace(server.Server));
        return (version, _places[^1].Metadata(version));
    }
}

[NeedsServer("postgresql")]
public sealed class OutboxOnPostgreSqlV1(SharedServer<PostgreSqlServer> server) : OutboxOnPostgreSql(server, "v1"), IClassFixture<SharedServer<PostgreSqlServer>>;

[NeedsServer("postgresql")]
public sealed class OutboxOnPostgreSqlV2(SharedServer<PostgreSqlServer> server) : OutboxOnPostgreSql(server, "v2"), IClassFixture<SharedServer<PostgreSqlServer>>;

[NeedsServer("redis")]
public sealed class OutboxOnRedisState(SharedServer<RedisServer> redis) : OutboxOnStores("state.redis", rollsBack: false), IClassFixture<SharedServer<RedisServer>>
{
    private static int s_databases = 8;

    protected override (string Version, Dictionary<string, string> Metadata) Store() =>
        ("v1", new() { ["redisHost"] = redis.Server.Address, ["redisDB"] = $"{Interlocked.Increment(ref s_databases)}" });
}
