using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Outbox;

namespace Sidecar.Runtime.State;

/// <summary>The state API of one sidecar.</summary>
internal sealed class StateBlock(SidecarContext context, OutboxBlock outbox) : IBuildingBlock
{
    private readonly Dictionary<string, StateStoreClient> _stores =
        context.Components.StateStores.ToDictionary(store => store.Key, store => new StateStoreClient(store.Value, context, outbox.Of(store.Key)), StringComparer.Ordinal);

    /// <summary>A store by its component's name.</summary>
    /// <exception cref="Errors.DaprApiException">There is no store, or none of that name.</exception>
    public StateStoreClient GetStore(string name)
    {
        if (_stores.TryGetValue(name, out var store))
            return store;
        throw _stores.Count == 0 ? StateErrors.NotConfigured(name, context.Options.AppId) : StateErrors.NotFound(name, context.Options.AppId);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
