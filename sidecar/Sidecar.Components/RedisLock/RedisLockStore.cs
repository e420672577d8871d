using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Locks;

namespace Sidecar.Components.RedisLock;

/// <summary>Locks in Redis as Dapr keeps them: the resource is a key, its owner the value, its expiry the key's.</summary>
internal sealed class RedisLockStore(Lease<RedisClient> lease) : ILockStore
{
    /// <summary>Answers -1 when nobody holds the lock and -2 when somebody else does.</summary>
    private static readonly RedisScript s_unlock = new(
        """
        local owner = redis.call('GET', KEYS[1])
        if not owner then return -1 end
        if owner ~= ARGV[1] then return -2 end
        return redis.call('DEL', KEYS[1])
        """);

    private readonly RedisClient _client = lease.Instance;

    public async ValueTask<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken)
    {
        // Sent twice it would find itself in the way.
        var reply = await _client.CallAsync(["SET", resource, owner, "NX", "PX", (long)expiry.TotalMilliseconds], repeatable: false, cancellationToken);
        return !reply.IsNull;
    }

    public async ValueTask<UnlockStatus> UnlockAsync(string resource, string owner, CancellationToken cancellationToken)
    {
        var reply = await _client.EvalAsync(s_unlock, resource, [owner], repeatable: false, cancellationToken);
        return reply.Number switch
        {
            >= 0 => UnlockStatus.Success,
            -1 => UnlockStatus.LockDoesNotExist,
            -2 => UnlockStatus.LockBelongsToOthers,
            _ => UnlockStatus.InternalError,
        };
    }

    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
