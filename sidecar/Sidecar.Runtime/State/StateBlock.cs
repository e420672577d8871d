using System.Runtime.CompilerServices;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Outbox;

namespace Sidecar.Runtime.State;

/// <summary>The state API of one sidecar.</summary>
internal sealed class StateBlock : IBuildingBlock
{
    private readonly ConditionalWeakTable<LoadedComponent<IStateStore>, StateStoreClient> _clients = [];
    private readonly SidecarContext _context;
    private readonly OutboxBlock _outbox;

    public StateBlock(SidecarContext context, OutboxBlock outbox)
    {
        _context = context;
        _outbox = outbox;
        // What is wrong in a component's metadata stops the start.
        foreach (var store in context.Components.StateStores.Values)
            _clients.Add(store, Client(store));
    }

    /// <summary>A store by its component's name.</summary>
    /// <exception cref="Errors.DaprApiException">There is no store, or none of that name.</exception>
    public StateStoreClient GetStore(string name)
    {
        if (_context.Components.StateStores.TryGetValue(name, out var store))
            return _clients.TryGetValue(store, out var client) ? client : _clients.GetValue(store, Client);
        throw _context.Components.StateStores.Count == 0 ? StateErrors.NotConfigured(name, _context.Options.AppId) : StateErrors.NotFound(name, _context.Options.AppId);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private StateStoreClient Client(LoadedComponent<IStateStore> store) => new(store, _context, _outbox.Of(store.Resource.Name));
}
