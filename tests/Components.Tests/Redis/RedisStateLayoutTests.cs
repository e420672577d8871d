using System.Text;
using Conformance;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>State in Redis is laid out as daprd lays it out, and keeps what daprd keeps there - no more and no less.</summary>
[NeedsServer("redis")]
public sealed class RedisStateLayoutTests(SharedServer<RedisServer> redis) : IClassFixture<SharedServer<RedisServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComponentPlace _place = new();
    private readonly string _key = $"app||{Guid.NewGuid():N}";
    private RawRedis _raw = null!;

    public async Task InitializeAsync() => _raw = await RawRedis.ConnectAsync(redis.Server, "2");

    public async Task DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task A_value_is_a_hash_with_data_and_a_version_that_grows_and_the_version_is_the_etag()
    {
        await using var store = await OpenAsync();
        await store.ExecuteAsync(Set("one"), None);
        Assert.Equal(["data=one", "version=1"], await HashAsync());
        await store.TransactAsync([Set("two")], None);
        Assert.Equal(["data=two", "version=2"], await HashAsync());
        await store.ExecuteAsync(Set("three") with { ETag = "2", FirstWrite = true }, None);
        Assert.Equal(["data=three", "first-write=0", "version=3"], await HashAsync());
        Assert.Equal("3", (await store.GetAsync(_key, None))!.ETag);
    }

    [ConformanceFact]
    public async Task A_key_once_saved_with_first_write_changes_only_with_its_etag()
    {
        await using var store = await OpenAsync();
        await store.ExecuteAsync(Set("one") with { FirstWrite = true }, None);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.ExecuteAsync(Set("two"), None).AsTask());
        Assert.Contains("failed to set key", error.Message, StringComparison.Ordinal);
        await store.ExecuteAsync(Set("three") with { ETag = "1" }, None);
        Assert.Equal(["data=three", "first-write=0", "version=2"], await HashAsync());
    }

    [ConformanceFact]
    public async Task What_others_put_there_is_read_or_refused_clearly()
    {
        await using var store = await OpenAsync();
        await _raw.DoAsync("HSET", _key, "data", "from daprd", "version", "41");
        Assert.Equal(("from daprd", "41"), await ReadAsync(store));
        await _raw.DoAsync("SET", _key, "plain");
        Assert.Equal(("plain", ""), await ReadAsync(store));
        await store.ExecuteAsync(Set("saved over it"), None);
        Assert.Equal(("saved over it", "1"), await ReadAsync(store));
        await _raw.DoAsync("HDEL", _key, "version");
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => store.GetAsync(_key, None).AsTask());
        Assert.Contains("has no field 'version'", error.Message, StringComparison.Ordinal);
        await _raw.DoAsync("DEL", _key);
        await _raw.DoAsync("LPUSH", _key, "x");
        await Assert.ThrowsAnyAsync<Exception>(() => store.GetAsync(_key, None).AsTask());
    }

    [ConformanceFact]
    public async Task The_components_time_to_live_holds_for_saves_that_name_none()
    {
        await using var store = await OpenAsync(("ttlInSeconds", "600"));
        await store.ExecuteAsync(Set("x"), None);
        Assert.InRange((await _raw.DoAsync("TTL", _key)).Number, 590, 600);
        await store.TransactAsync([Set("x") with { TimeToLive = TimeSpan.FromSeconds(30) }], None);
        Assert.InRange((await _raw.DoAsync("TTL", _key)).Number, 20, 30);
    }

    [ConformanceFact]
    public async Task An_etag_that_is_no_number_is_no_etag_of_this_store()
    {
        await using var store = await OpenAsync();
        await Assert.ThrowsAsync<InvalidETagException>(() => store.ExecuteAsync(Set("x") with { ETag = "abc" }, None).AsTask());
        await Assert.ThrowsAsync<InvalidETagException>(() => store.TransactAsync([Set("x"), Set("y") with { ETag = "abc" }], None).AsTask());
        Assert.Null(await store.GetAsync(_key, None));
    }

    [ConformanceFact]
    public async Task A_server_that_forgot_its_scripts_is_taught_them_again()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("1"), new DeleteState(_key, "1"), Set("2")], None);
        await _raw.DoAsync("SCRIPT", "FLUSH");
        await store.ExecuteAsync(Set("3"), None);
        await _raw.DoAsync("SCRIPT", "FLUSH");
        await store.TransactAsync([Set("4"), Set("5")], None);
        Assert.Equal(["data=5", "version=4"], await HashAsync());
    }

    private static async Task<(string Value, string ETag)> Of(ValueTask<StateItem?> reading) =>
        await reading is { } item ? (Encoding.UTF8.GetString(item.Value.Span), item.ETag) : ("", "");

    private Task<(string Value, string ETag)> ReadAsync(IStateStore store) => Of(store.GetAsync(_key, None));

    private SetState Set(string value) => new(_key, Encoding.UTF8.GetBytes(value));

    private async Task<string[]> HashAsync() =>
        [.. (await _raw.DoAsync("HGETALL", _key)).Items.Select(item => item.Text).Chunk(2).Select(pair => $"{pair[0]}={pair[1]}").Order(StringComparer.Ordinal)];

    private Task<IStateStore> OpenAsync(params (string Key, string Value)[] more)
    {
        var metadata = more.ToDictionary(pair => pair.Key, pair => pair.Value);
        (metadata["redisHost"], metadata["redisDB"]) = (redis.Server.Address, "2");
        return _place.MakeAsync<IStateStore>("state.redis", metadata);
    }
}
