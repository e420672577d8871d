using System.Net;
using System.Net.Http.Json;
using Conformance;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Locks;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.Redis;

/// <summary>The distributed lock of Redis, as a component and through both APIs.</summary>
[NeedsServer("redis")]
public sealed class RedisLockTests(SharedServer<RedisServer> redis) : IClassFixture<SharedServer<RedisServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComponentPlace _place = new();
    private readonly string _resource = Guid.NewGuid().ToString("N");
    private RawRedis _raw = null!;

    public async Task InitializeAsync() => _raw = await RawRedis.ConnectAsync(redis.Server, "4");

    public async Task DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task Of_many_who_want_a_lock_one_gets_it()
    {
        await using var store = await OpenAsync();
        var got = await Task.WhenAll(Enumerable.Range(0, 50).Select(owner => store.TryLockAsync(_resource, $"{owner}", TimeSpan.FromMinutes(1), None).AsTask()));
        Assert.Single(got, taken => taken);
    }

    [ConformanceFact]
    public async Task Only_the_owner_gives_it_back_and_even_the_owner_does_not_get_it_twice()
    {
        await using var store = await OpenAsync();
        Assert.Equal(UnlockStatus.LockDoesNotExist, await store.UnlockAsync(_resource, "me", None));
        Assert.True(await store.TryLockAsync(_resource, "me", TimeSpan.FromMinutes(1), None));
        Assert.False(await store.TryLockAsync(_resource, "me", TimeSpan.FromMinutes(1), None));
        Assert.Equal(UnlockStatus.LockBelongsToOthers, await store.UnlockAsync(_resource, "you", None));
        Assert.Equal("me", (await _raw.DoAsync("GET", _resource)).Text);
        Assert.InRange((await _raw.DoAsync("TTL", _resource)).Number, 50, 60);
        Assert.Equal(UnlockStatus.Success, await store.UnlockAsync(_resource, "me", None));
        Assert.True(await store.TryLockAsync(_resource, "you", TimeSpan.FromMinutes(1), None));
    }

    [ConformanceFact]
    public async Task Over_HTTP_and_gRPC_it_is_Daprs_lock_with_the_app_in_its_key()
    {
        await using var sidecar = await TestSidecar.For("orders").WithoutApp()
            .WithComponent("locks", "lock.redis", ("redisHost", redis.Server.Address), ("redisDB", "4")).StartAsync();
        Assert.Equal("""{"success":true}""", await PostAsync(sidecar, "lock/locks", new { resourceId = _resource, lockOwner = "me", expiryInSeconds = 60 }));
        Assert.Equal("me", (await _raw.DoAsync("GET", $"lock||orders||{_resource}")).Text);

        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{sidecar.GrpcPort}"));
        var second = await channel.UnaryAsync(DaprMethods.TryLockAlpha1, new TryLockRequest { StoreName = "locks", ResourceId = _resource, LockOwner = "you", ExpiryInSeconds = 60 });
        Assert.False(second.Success);
        var refused = await channel.UnaryAsync(DaprMethods.UnlockAlpha1, new UnlockRequest { StoreName = "locks", ResourceId = _resource, LockOwner = "you" });
        Assert.Equal(UnlockResponse.Types.Status.LockBelongsToOthers, refused.Status);
        Assert.Equal("""{"status":0}""", await PostAsync(sidecar, "unlock/locks", new { resourceId = _resource, lockOwner = "me" }));
        Assert.Equal("""{"status":1}""", await PostAsync(sidecar, "unlock/locks", new { resourceId = _resource, lockOwner = "me" }));
    }

    [ConformanceFact]
    public async Task What_is_asked_wrongly_is_refused_in_Daprs_words()
    {
        await using var sidecar = await TestSidecar.For("orders").WithoutApp()
            .WithComponent("locks", "lock.redis", ("redisHost", redis.Server.Address), ("redisDB", "4")).StartAsync();
        await RefusedAsync("lock/locks", new { resourceId = "r", lockOwner = "me" }, 400, "ERR_MALFORMED_REQUEST", "ExpiryInSeconds is not positive in lock store locks");
        await RefusedAsync("lock/locks", new { lockOwner = "me", expiryInSeconds = 1 }, 400, "ERR_MALFORMED_REQUEST", "ResourceId is empty in lock store locks");
        await RefusedAsync("unlock/locks", new { resourceId = "r" }, 400, "ERR_MALFORMED_REQUEST", "LockOwner is empty in lock store locks");
        await RefusedAsync("unlock/other", new { resourceId = "r", lockOwner = "me" }, 400, "ERR_LOCK_STORE_NOT_FOUND", "lock store other not found");
        await RefusedAsync("lock/locks", new { resourceId = "a||b", lockOwner = "me", expiryInSeconds = 1 }, 500, "ERR_TRY_LOCK", "failed to try acquiring lock: input key/keyPrefix 'a||b' can't contain '||'");
        await RefusedAsync("unlock/locks", new { resourceId = "a||b", lockOwner = "me" }, 500, "ERR_UNLOCK", "failed to release lock: input key/keyPrefix 'a||b' can't contain '||'");
        await RefusedAsync("lock/locks", new[] { 1 }, 400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body");

        await using var without = await TestSidecar.For("shop").WithoutApp().StartAsync();
        using var answer = await without.Http.PostAsJsonAsync("v1.0-alpha1/lock/locks", new { resourceId = "r", lockOwner = "me", expiryInSeconds = 1 });
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("ERR_LOCK_STORE_NOT_CONFIGURED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        async Task RefusedAsync(string path, object body, int status, string code, string message)
        {
            using var refusal = await sidecar.Http.PostAsJsonAsync($"v1.0-alpha1/{path}", body);
            var text = System.Text.RegularExpressions.Regex.Unescape(await refusal.Content.ReadAsStringAsync());
            Assert.Equal(status, (int)refusal.StatusCode);
            Assert.Contains(code, text, StringComparison.Ordinal);
            Assert.Contains(message, text, StringComparison.Ordinal);
        }
    }

    [ConformanceFact]
    public async Task A_server_with_replicas_is_refused()
    {
        await using var primary = new RedisServer();
        await primary.StartAsync();
        await using var replica = new RedisServer(settings: ["--replicaof", $"127.0.0.1 {primary.Port}"]);
        await replica.StartAsync();
        await using var raw = await RawRedis.ConnectAsync(primary);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await raw.DoAsync("INFO", "replication")).Text.Contains("connected_slaves:1", StringComparison.Ordinal))
            await Task.Delay(20, limit.Token);

        var error = await Assert.ThrowsAsync<ComponentException>(() => _place.MakeAsync<ILockStore>("lock.redis", new() { ["redisHost"] = primary.Address }));
        Assert.Contains("a server with 1 replicas", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> PostAsync(TestSidecar sidecar, string path, object body)
    {
        using var answer = await sidecar.Http.PostAsJsonAsync($"v1.0-alpha1/{path}", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<ILockStore> OpenAsync() => _place.MakeAsync<ILockStore>("lock.redis", new() { ["redisHost"] = redis.Server.Address, ["redisDB"] = "4" });
}
