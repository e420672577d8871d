using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RedisConfiguration;

/// <summary>Makes <c>configuration.redis</c>.</summary>
public sealed class RedisConfigurationFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "configuration.redis";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var lease = await RedisClients.LeaseAsync(component, context, cancellationToken);
        return new RedisConfigurationStore(lease, context.Time, context.Loggers.CreateLogger("configuration.redis"));
    }
}
