using System.Collections.Concurrent;
using Sidecar.Runtime.Bindings;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Configurations;
using Sidecar.Runtime.Cryptography;
using Sidecar.Runtime.Locks;
using Sidecar.Runtime.Middleware;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Secrets;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Hosting;

/// <summary>The components of one sidecar by kind. What is put here or taken away while it runs is seen at once through <see cref="View"/>.</summary>
internal sealed class ComponentSet
{
    private readonly ConcurrentDictionary<string, LoadedComponent<IStateStore>> _stateStores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<IPubSub>> _pubSubs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<ISecretStore>> _secretStores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<ILockStore>> _lockStores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<IConfigurationStore>> _configurationStores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<ICryptoProvider>> _cryptoProviders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<IBinding>> _bindings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadedComponent<IHttpMiddleware>> _middleware = new(StringComparer.Ordinal);

    public ComponentSet() => View = new LoadedComponents
    {
        StateStores = _stateStores,
        PubSubs = _pubSubs,
        SecretStores = _secretStores,
        LockStores = _lockStores,
        ConfigurationStores = _configurationStores,
        CryptoProviders = _cryptoProviders,
        Bindings = _bindings,
        Middleware = _middleware,
    };

    /// <summary>What the building blocks see.</summary>
    public LoadedComponents View { get; }

    /// <summary>Puts a component in its place; one of that name that is there is taken away first.</summary>
    /// <returns>What was there before, or null.</returns>
    /// <exception cref="ComponentException">No building block has such components.</exception>
    public IAsyncDisposable? Put(Component component, IAsyncDisposable instance)
    {
        var name = component.Name;
        return instance switch
        {
            IStateStore store => Put(_stateStores, name, new(component, store)),
            IPubSub pubSub => Put(_pubSubs, name, new(component, pubSub)),
            ISecretStore secrets => Put(_secretStores, name, new(component, secrets)),
            ILockStore locks => Put(_lockStores, name, new(component, locks)),
            IConfigurationStore configuration => Put(_configurationStores, name, new(component, configuration)),
            ICryptoProvider keys => Put(_cryptoProviders, name, new(component, keys)),
            IBinding binding => Put(_bindings, name, new(component, binding)),
            IHttpMiddleware handler => Put(_middleware, name, new(component, handler)),
            _ => throw new ComponentException(component, $"makes a {instance.GetType().Name}, which belongs to no building block of this sidecar"),
        };
    }

    /// <summary>Takes a component away, whatever its kind.</summary>
    /// <returns>What was there, or null.</returns>
    public IAsyncDisposable? Take(string name) =>
        Take(_stateStores, name) ?? Take(_pubSubs, name) ?? Take(_secretStores, name) ?? Take(_lockStores, name) ?? Take(_configurationStores, name)
        ?? Take(_cryptoProviders, name) ?? Take(_bindings, name) ?? Take(_middleware, name);

    private IAsyncDisposable? Put<T>(ConcurrentDictionary<string, LoadedComponent<T>> kind, string name, LoadedComponent<T> component)
        where T : class, IAsyncDisposable
    {
        // Under one kind there is no moment without the component.
        var before = kind.TryGetValue(name, out var same) ? same.Instance : Take(name);
        kind[name] = component;
        return before;
    }

    private static IAsyncDisposable? Take<T>(ConcurrentDictionary<string, LoadedComponent<T>> kind, string name)
        where T : class, IAsyncDisposable => kind.TryRemove(name, out var found) ? found.Instance : null;
}
