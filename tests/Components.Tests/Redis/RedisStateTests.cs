using Conformance;
using Sidecar.Components.Redis;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>The suite of all state stores on Redis.</summary>
[NeedsServer("redis")]
public sealed class RedisStateTests(SharedServer<RedisServer> redis) : StateStoreConformance, IClassFixture<SharedServer<RedisServer>>
{
    private const string Database = "1";
    private readonly ComponentPlace _place = new();
    private RawRedis _raw = null!;

    protected override StateStorePromises Promises { get; } =
        new() { RollsBack = false, ChecksETagOfMissingKey = false, SaveClearsTimeToLive = false, ClockPrecision = TimeSpan.FromSeconds(2) };

    protected override DateTimeOffset Now => DateTimeOffset.UtcNow;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _raw.DisposeAsync();
        await _place.DisposeAsync();
    }

    protected override async Task<IStateStore> OpenAsync()
    {
        _raw = await RawRedis.ConnectAsync(redis.Server, Database);
        await _raw.DoAsync("FLUSHDB");
        return await _place.MakeAsync<IStateStore>("state.redis", new() { ["redisHost"] = redis.Server.Address, ["redisDB"] = Database });
    }

    /// <summary>The server's clock cannot be stepped; every limit comes nearer instead.</summary>
    protected override async Task PassAsync(TimeSpan time)
    {
        foreach (var key in (await _raw.DoAsync("KEYS", "*")).Items.Select(item => item.Text))
        {
            var left = (await _raw.DoAsync("PTTL", key)).Number;
            if (left > 0)
                await _raw.DoAsync("PEXPIRE", key, left - (long)time.TotalMilliseconds);
        }
    }
}
