using System.Collections.Concurrent;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Configurations;

/// <summary>The configuration API of one sidecar: values, and subscriptions by their id.</summary>
internal sealed class ConfigurationBlock(SidecarContext context) : IBuildingBlock
{
    private readonly ConcurrentDictionary<string, (IAsyncDisposable Subscription, LoadedComponent<IConfigurationStore> Store, Action Ended)> _subscriptions = new(StringComparer.Ordinal);

    /// <summary>What the block was made from.</summary>
    public SidecarContext Context => context;

    /// <exception cref="DaprApiException">There is no such store.</exception>
    public void Check(string store) => Find(store);

    /// <exception cref="DaprApiException">There is no such store, or it failed.</exception>
    public async Task<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(
        string store, IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var component = Find(store);
        try
        {
            return await context.Policies.ForComponentOutbound(store, component.Resource.Type)
                .ExecuteAsync(token => component.Instance.GetAsync(keys, metadata, token).AsTask(), cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            throw new DaprApiException("ERR_CONFIGURATION_GET", 500, 13, $"failed to get [{string.Join(' ', keys)}] from Configuration store {store}: {error.Message}", error);
        }
    }

    /// <summary>Subscribes and answers with the id; <paramref name="changed"/> gets the id too, and <paramref name="ended"/> is called when the subscription ends.</summary>
    /// <exception cref="DaprApiException">There is no such store, or it failed.</exception>
    public async Task<string> SubscribeAsync(
        string store, IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata,
        Func<string, IReadOnlyDictionary<string, ConfigurationItem>, CancellationToken, Task> changed, Action ended, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var id = Guid.NewGuid().ToString();
        try
        {
            _subscriptions[id] = (await component.Instance.SubscribeAsync(keys, metadata, (items, token) => changed(id, items, token), cancellationToken), component, ended);
            return id;
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            throw new DaprApiException(
                "ERR_CONFIGURATION_SUBSCRIBE", 500, 13, $"failed to subscribe [{string.Join(' ', keys)}] from Configuration store {store}: {error.Message}", error);
        }
    }

    /// <summary>Ends a subscription; the answer says why it could not, or nothing.</summary>
    /// <exception cref="DaprApiException">There is no such store.</exception>
    public async Task<string?> UnsubscribeAsync(string store, string id)
    {
        Find(store);
        return await EndAsync(id) ? null : $"subscription with id {id} does not exist";
    }

    /// <summary>Ends subscriptions whose store was replaced or taken away: who subscribed hears that it ended, and may subscribe again.</summary>
    internal async Task FollowComponentsAsync()
    {
        foreach (var (id, subscribed) in _subscriptions)
        {
            if (context.Components.ConfigurationStores.GetValueOrDefault(subscribed.Store.Resource.Name) != subscribed.Store)
                await EndAsync(id);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _subscriptions.Keys)
            await EndAsync(id);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task<bool> EndAsync(string id)
    {
        if (!_subscriptions.TryRemove(id, out var subscribed))
            return false;
        await subscribed.Subscription.DisposeAsync();
        subscribed.Ended();
        return true;
    }

    private LoadedComponent<IConfigurationStore> Find(string store)
    {
        if (context.Components.ConfigurationStores.TryGetValue(store, out var component))
            return component;
        throw context.Components.ConfigurationStores.Count == 0
            ? new DaprApiException("ERR_CONFIGURATION_STORE_NOT_CONFIGURED", 500, 9, "configuration stores not configured")
            : new DaprApiException("ERR_CONFIGURATION_STORE_NOT_FOUND", 400, 3, $"configuration store {store} not found");
    }
}
