using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Conformance;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Configurations;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.Redis;

/// <summary>Configuration in Redis, as a component and through both APIs.</summary>
[NeedsServer("redis")]
public sealed class RedisConfigurationTests(SharedServer<RedisServer> redis) : IClassFixture<SharedServer<RedisServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Dictionary<string, string> s_nothing = [];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ComponentPlace _place = new();
    private RawRedis _raw = null!;

    public async Task InitializeAsync()
    {
        _raw = await RawRedis.ConnectAsync(redis.Server, "5");
        await _raw.DoAsync("FLUSHDB");
    }

    public async Task DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task A_value_has_its_version_behind_the_first_bars()
    {
        await _raw.DoAsync("MSET", "plain", "blue", "versioned", "a||b||7", "empty", "||3");
        await _raw.DoAsync("HSET", "other", "f", "v");
        await using var store = await OpenAsync();
        var some = await store.GetAsync(["plain", "versioned", "missing", "other", "empty"], s_nothing, None);
        Assert.Equal(["plain: blue ()", "versioned: a (b)"], some.Select(item => $"{item.Key}: {item.Value.Value} ({item.Value.Version})").Order());
        Assert.Equal(["plain", "versioned"], (await store.GetAsync([], s_nothing, None)).Keys.Order());
    }

    [ConformanceFact]
    public async Task Changes_and_deletions_of_the_keys_asked_for_are_told_until_the_subscription_ends()
    {
        await using var store = await OpenAsync();
        var told = new ConcurrentQueue<string>();
        var one = await store.SubscribeAsync(["a", "b"], s_nothing, Tell, None);
        await _raw.DoAsync("SET", "a", "1||v1");
        // A notification names the key only: the value is read after it.
        await UntilAsync(() => told.Count == 1);
        await _raw.DoAsync("SET", "c", "not asked for");
        await _raw.DoAsync("DEL", "a");
        await UntilAsync(() => told.Count == 2);
        Assert.Equal(["a=1 (v1)", "a= ()"], told);
        await one.DisposeAsync();

        await using var all = await store.SubscribeAsync([], s_nothing, Tell, None);
        await _raw.DoAsync("SET", "c", "2");
        await UntilAsync(() => told.Count == 3);
        Assert.Equal("c=2 ()", told.Last());

        Task Tell(IReadOnlyDictionary<string, ConfigurationItem> items, CancellationToken token)
        {
            foreach (var (key, item) in items)
                told.Enqueue($"{key}={item.Value} ({item.Version})");
            return Task.CompletedTask;
        }
    }

    [ConformanceFact]
    public async Task Over_gRPC_a_subscription_begins_with_its_id_and_ends_when_it_is_told_to()
    {
        await using var sidecar = await TestSidecar.For("shop").WithoutApp().WithComponent("config", "configuration.redis", Metadata()).StartAsync();
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{sidecar.GrpcPort}"));
        await _raw.DoAsync("SET", "colour", "blue||1");
        var got = await channel.UnaryAsync(DaprMethods.GetConfiguration, new GetConfigurationRequest { StoreName = "config", Keys = { "colour" } });
        Assert.Equal(("blue", "1"), (got.Items["colour"].Value, got.Items["colour"].Version));

        using var limit = new CancellationTokenSource(s_patience);
        var messages = channel.ServerStreamAsync(DaprMethods.SubscribeConfiguration, new SubscribeConfigurationRequest { StoreName = "config", Keys = { "colour" } }, cancellationToken: limit.Token);
        await using var reader = messages.GetAsyncEnumerator(limit.Token);
        Assert.True(await reader.MoveNextAsync());
        var id = reader.Current.Id;
        Assert.NotEmpty(id);
        Assert.Empty(reader.Current.Items);
        await _raw.DoAsync("SET", "colour", "red||2");
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal((id, "red"), (reader.Current.Id, reader.Current.Items["colour"].Value));
        Assert.True((await channel.UnaryAsync(DaprMethods.UnsubscribeConfiguration, new UnsubscribeConfigurationRequest { StoreName = "config", Id = id })).Ok);
        Assert.False(await reader.MoveNextAsync());
        Assert.False((await channel.UnaryAsync(DaprMethods.UnsubscribeConfiguration, new UnsubscribeConfigurationRequest { StoreName = "config", Id = id })).Ok);
    }

    [ConformanceFact]
    public async Task Over_HTTP_changes_are_posted_to_the_app()
    {
        await using var sidecar = await TestSidecar.For("shop").WithComponent("config", "configuration.redis", Metadata()).StartAsync();
        var posted = new TaskCompletionSource<(string Path, string Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{sidecar.AppPort}");
        await using var app = builder.Build();
        app.MapPost("/configuration/{store}/{key}", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            posted.TrySetResult((http.Request.Path, await reader.ReadToEndAsync()));
        });
        await app.StartAsync();
        await sidecar.WaitUntilReadyAsync();

        using var none = await sidecar.Http.GetAsync("v1.0/configuration/config?key=colour");
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        using var subscribed = JsonDocument.Parse(await sidecar.Http.GetStringAsync("v1.0/configuration/config/subscribe?key=colour"));
        var id = subscribed.RootElement.GetProperty("id").GetString()!;
        await _raw.DoAsync("SET", "colour", "green||9");
        var (path, body) = await posted.Task.WaitAsync(s_patience);
        Assert.Equal("/configuration/config/colour", path);
        Assert.Equal("""{"id":"ID","items":{"colour":{"value":"green","version":"9","metadata":{}}}}""".Replace("ID", id, StringComparison.Ordinal), body);
        Assert.Equal("""{"colour":{"value":"green","version":"9","metadata":{}}}""", await sidecar.Http.GetStringAsync("v1.0/configuration/config?key=colour&key=size"));

        Assert.Equal("""{"ok":true}""", await sidecar.Http.GetStringAsync($"v1.0/configuration/config/{id}/unsubscribe"));
        using var again = await sidecar.Http.GetAsync($"v1.0/configuration/config/{id}/unsubscribe");
        Assert.Equal(HttpStatusCode.InternalServerError, again.StatusCode);
        using var missing = await sidecar.Http.GetAsync("v1.0/configuration/other?key=colour");
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!holds())
            await Task.Delay(10, limit.Token);
    }

    private (string Key, string Value)[] Metadata() => [("redisHost", redis.Server.Address), ("redisDB", "5")];

    private Task<IConfigurationStore> OpenAsync() => _place.MakeAsync<IConfigurationStore>("configuration.redis", Metadata().ToDictionary(pair => pair.Key, pair => pair.Value));
}
