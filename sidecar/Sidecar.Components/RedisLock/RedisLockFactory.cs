using System.Globalization;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RedisLock;

/// <summary>Makes <c>lock.redis</c>. A server with replicas is refused, as in Dapr: a lock could be lost with a primary that fails over.</summary>
public sealed class RedisLockFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "lock.redis";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var lease = await RedisClients.LeaseAsync(component, context, cancellationToken);
        try
        {
            var info = (await lease.Instance.CallAsync(["INFO", "replication"], cancellationToken)).Text;
            var replicas = info.Split("\r\n").FirstOrDefault(line => line.StartsWith("connected_slaves:", StringComparison.Ordinal))?.Split(':')[1];
            if (int.TryParse(replicas, CultureInfo.InvariantCulture, out var count) && count > 0)
                throw new ComponentException(component, "redisHost", $"names a server with {count} replicas, and a lock could be lost when one of them takes over; name a server without");
            return new RedisLockStore(lease);
        }
        catch (Exception error)
        {
            await lease.DisposeAsync();
            throw error is RedisUnavailableException or RedisRefusalException ? new ComponentException(component, "redisHost", $"cannot be used: {error.Message}", error) : error;
        }
    }
}
