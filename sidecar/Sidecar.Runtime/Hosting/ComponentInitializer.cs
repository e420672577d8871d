using Microsoft.Extensions.Logging;
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

/// <summary>Makes the components of one sidecar, in the order they were loaded in: secret stores come first.</summary>
internal sealed partial class ComponentInitializer(IReadOnlyList<IComponentFactory> factories, ILogger logger)
{
    /// <summary>Initialises all; when one fails, those made before it are disposed.</summary>
    /// <exception cref="ComponentException">A component cannot be made and does not ignore errors.</exception>
    public async Task<LoadedComponents> InitializeAsync(IReadOnlyList<Component> components, ComponentContext context, CancellationToken cancellationToken)
    {
        var stores = new Dictionary<string, LoadedComponent<IStateStore>>(StringComparer.Ordinal);
        var pubSubs = new Dictionary<string, LoadedComponent<IPubSub>>(StringComparer.Ordinal);
        var secrets = new Dictionary<string, LoadedComponent<ISecretStore>>(StringComparer.Ordinal);
        var locks = new Dictionary<string, LoadedComponent<ILockStore>>(StringComparer.Ordinal);
        var configurations = new Dictionary<string, LoadedComponent<IConfigurationStore>>(StringComparer.Ordinal);
        var cryptography = new Dictionary<string, LoadedComponent<ICryptoProvider>>(StringComparer.Ordinal);
        var bindings = new Dictionary<string, LoadedComponent<IBinding>>(StringComparer.Ordinal);
        var middleware = new Dictionary<string, LoadedComponent<IHttpMiddleware>>(StringComparer.Ordinal);
        var made = new LoadedComponents
        {
            StateStores = stores,
            PubSubs = pubSubs,
            SecretStores = secrets,
            LockStores = locks,
            ConfigurationStores = configurations,
            CryptoProviders = cryptography,
            Bindings = bindings,
            Middleware = middleware,
        };
        try
        {
            foreach (var component in components)
            {
                switch (await CreateAsync(component, context, cancellationToken))
                {
                    case IStateStore store: stores.Add(component.Name, new(component, store)); break;
                    case IPubSub pubSub: pubSubs.Add(component.Name, new(component, pubSub)); break;
                    case ISecretStore secret: secrets.Add(component.Name, new(component, secret)); break;
                    case ILockStore store: locks.Add(component.Name, new(component, store)); break;
                    case IConfigurationStore store: configurations.Add(component.Name, new(component, store)); break;
                    case ICryptoProvider provider: cryptography.Add(component.Name, new(component, provider)); break;
                    case IBinding binding: bindings.Add(component.Name, new(component, binding)); break;
                    case IHttpMiddleware handler: middleware.Add(component.Name, new(component, handler)); break;
                    case { } other:
                        await other.DisposeAsync();
                        throw new ComponentException(component, $"makes a {other.GetType().Name}, which belongs to no building block of this sidecar");
                }
            }
        }
        catch
        {
            await DisposeAsync(made);
            throw;
        }

        return made;
    }

    /// <summary>Disposes all, what delivers first: deliveries may still use the stores.</summary>
    public static async ValueTask DisposeAsync(LoadedComponents components)
    {
        foreach (var binding in components.Bindings.Values)
            await binding.Instance.DisposeAsync();
        foreach (var handler in components.Middleware.Values)
            await handler.Instance.DisposeAsync();
        foreach (var pubSub in components.PubSubs.Values)
            await pubSub.Instance.DisposeAsync();
        foreach (var store in components.StateStores.Values)
            await store.Instance.DisposeAsync();
        foreach (var store in components.LockStores.Values)
            await store.Instance.DisposeAsync();
        foreach (var store in components.ConfigurationStores.Values)
            await store.Instance.DisposeAsync();
        foreach (var provider in components.CryptoProviders.Values)
            await provider.Instance.DisposeAsync();
        foreach (var secret in components.SecretStores.Values)
            await secret.Instance.DisposeAsync();
    }

    private async Task<IAsyncDisposable?> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(component.InitTimeout);
        try
        {
            var factory = factories.FirstOrDefault(f => f.Type.Equals(component.Type, StringComparison.OrdinalIgnoreCase))
                ?? throw new ComponentException(component, $"there is no component type '{component.Type}' here; known types are {KnownTypes()}");
            var made = await factory.CreateAsync(component, context, limit.Token);
            LogLoaded(context.AppId, component.Name, component.Type, component.Version);
            return made;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var timeout = new ComponentException(component, $"was not initialised within {component.InitTimeout.TotalSeconds:0.#} s (spec.initTimeout)");
            return component.IgnoreErrors ? Ignore(context.AppId, timeout) : throw timeout;
        }
        catch (ComponentException e) when (component.IgnoreErrors)
        {
            return Ignore(context.AppId, e);
        }
    }

    private IAsyncDisposable? Ignore(string appId, ComponentException error)
    {
        LogIgnored(appId, error.Message);
        return null;
    }

    private string KnownTypes() => string.Join(", ", factories.Select(f => f.Type).Order(StringComparer.Ordinal));

    [LoggerMessage(Level = LogLevel.Information, Message = "{AppId}: component loaded: {Name} ({Type}/{Version})")]
    private partial void LogLoaded(string appId, string name, string type, string version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{AppId}: goes on without a component, as its ignoreErrors says: {Problem}")]
    private partial void LogIgnored(string appId, string problem);
}
