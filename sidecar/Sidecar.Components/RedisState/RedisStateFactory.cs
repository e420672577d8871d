using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RedisState;

/// <summary>Makes <c>state.redis</c>: the metadata of all Redis components, and <c>ttlInSeconds</c> as the time to live of saves that name none.</summary>
public sealed partial class RedisStateFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "state.redis";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        if (component.Text("queryIndexes") is not null)
            throw new ComponentException(component, "queryIndexes", "asks for the query API, which needs the RediSearch module and is not done here; remove it");
        TimeSpan? timeToLive = component.Text("ttlInSeconds") is null ? null : TimeSpan.FromSeconds(component.WholeNumber("ttlInSeconds", 0));
        var lease = await RedisClients.LeaseAsync(component, context, cancellationToken);
        if (component.Flag("actorStateStore"))
            LogNoRollBack(context.Loggers.CreateLogger("state.redis"), component.Name);
        return new RedisStateStore(lease, timeToLive, context.Time);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}: transactions of Redis do not roll back; as a store for actors and workflows it is for trying out")]
    private static partial void LogNoRollBack(ILogger logger, string name);
}
