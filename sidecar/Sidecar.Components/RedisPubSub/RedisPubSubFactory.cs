using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RedisPubSub;

/// <summary>Makes <c>pubsub.redis</c>.</summary>
public sealed class RedisPubSubFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "pubsub.redis";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = RedisPubSubOptions.Read(component);
        var lease = await RedisClients.LeaseAsync(component, context, cancellationToken);
        return new RedisStreams(lease, options, context.Time, context.Loggers.CreateLogger("pubsub.redis"));
    }
}
