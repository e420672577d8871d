using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Hosting;

/// <summary>Makes the components of one sidecar, in the order they were loaded in: secret stores come first.</summary>
internal sealed partial class ComponentInitializer(IReadOnlyList<IComponentFactory> factories, ComponentContext context, ILogger logger)
{
    /// <summary>Initialises all; when one fails, those made before it are disposed.</summary>
    /// <exception cref="ComponentException">A component cannot be made and does not ignore errors.</exception>
    public async Task<ComponentSet> InitializeAsync(IReadOnlyList<Component> components, CancellationToken cancellationToken)
    {
        var made = new ComponentSet();
        try
        {
            foreach (var component in components)
            {
                if (await CreateAsync(component, cancellationToken) is { } instance)
                    await PutAsync(made, component, instance);
            }
        }
        catch
        {
            await DisposeAsync(made.View);
            throw;
        }

        return made;
    }

    /// <summary>Makes one component; null when it failed and ignores errors.</summary>
    /// <exception cref="ComponentException">It cannot be made.</exception>
    public async Task<IAsyncDisposable?> CreateAsync(Component component, CancellationToken cancellationToken)
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

    /// <summary>Puts what was made in its place, or disposes it.</summary>
    /// <returns>What was there before, or null.</returns>
    /// <exception cref="ComponentException">No building block has such components.</exception>
    public static async Task<IAsyncDisposable?> PutAsync(ComponentSet set, Component component, IAsyncDisposable instance)
    {
        try
        {
            return set.Put(component, instance);
        }
        catch (ComponentException)
        {
            await instance.DisposeAsync();
            throw;
        }
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

    private IAsyncDisposable? Ignore(string appId, ComponentException error)
    {
        LogIgnored(appId, error.Message);
        return null;
    }

    private string KnownTypes() => string.Join(", ", factories.Select(f => f.Type).Order(StringComparer.Ordinal));

    [LoggerMessage(Level = LogLevel.Information, Message = "Component loaded: {Name} ({Type}/{Version})")]
    private partial void LogLoaded(string appId, string name, string type, string version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "goes on without a component, as its ignoreErrors says: {Problem}")]
    private partial void LogIgnored(string appId, string problem);
}
