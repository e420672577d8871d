using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Hosting.HotReload;

/// <summary>
/// Puts other components in the place of those that run. The new one is made first, so that one that cannot be made changes nothing; the old one is closed when calls under way have had the time of a graceful stop.
/// </summary>
internal sealed class ComponentReloader(
    ComponentSet components, ComponentInitializer initializer, IReadOnlyList<Component> loaded, SidecarOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Dictionary<string, Component> _current = loaded.ToDictionary(component => component.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly List<Task> _closing = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Takes up what the folders declare now.</summary>
    /// <returns>Whether a component changed.</returns>
    public async Task<bool> FollowAsync(IReadOnlyList<Component> declared, CancellationToken cancellationToken)
    {
        var names = declared.Select(component => component.Name).ToHashSet(StringComparer.Ordinal);
        var changed = false;
        foreach (var component in _current.Values.Where(component => !names.Contains(component.Name)).ToList())
            changed |= Remove(component);
        foreach (var component in declared.Where(component => _current.GetValueOrDefault(component.Name)?.Declaration != component.Declaration))
            changed |= await PutAsync(component, cancellationToken);
        return changed;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_closing);
        _stopping.Dispose();
    }

    private bool Remove(Component component)
    {
        if (IsKept(component))
            return false;
        _current.Remove(component.Name);
        _told.Remove(component.Name);
        Close(components.Take(component.Name));
        logger.Deleted(options.AppId, component.Name, component.Type, component.Version);
        return true;
    }

    private async Task<bool> PutAsync(Component component, CancellationToken cancellationToken)
    {
        var before = _current.GetValueOrDefault(component.Name);
        if (IsKept(component) || (before is not null && IsKept(before)))
            return false;
        try
        {
            // A prefix that cannot be is found by the state and lock APIs only at their first call.
            _ = KeyPrefix.Of(component, options);
            if (await initializer.CreateAsync(component, cancellationToken) is not { } made)
                return false;
            if (before is not null)
                logger.Closing(options.AppId, before.Name, before.Type, before.Version);
            Close(await ComponentInitializer.PutAsync(components, component, made));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The next comparison tries again: a server that was down may be up by then.
            TellOnce(component, () => logger.NotUpdated(options.AppId, error.Message));
            return false;
        }

        _current[component.Name] = component;
        _told.Remove(component.Name);
        logger.Updated(options.AppId, component.Name, component.Type, component.Version);
        return true;
    }

    private bool IsKept(Component component)
    {
        if (RoleOf(component) is not { } role)
            return false;
        TellOnce(component, () => logger.Kept(options.AppId, role, component.Name, component.Type, component.Version));
        return true;
    }

    /// <summary>What makes a component one that others have built on for the life of the sidecar; null for one that can be replaced.</summary>
    private string? RoleOf(Component component)
    {
        if (component.Type.StartsWith("state.", StringComparison.OrdinalIgnoreCase) && component.Metadata.ContainsKey("actorStateStore"))
            return "is used as an actor state store";
        if (component.Metadata.ContainsKey("outboxPublishPubsub"))
            return "has a transactional outbox";
        return _current.Values.Any(store => Names(store, "outboxPublishPubsub", component) || Names(store, "outboxPubsub", component)) ? "carries a transactional outbox" : null;
    }

    private static bool Names(Component store, string key, Component component) => store.Metadata.TryGetValue(key, out var name) && name == component.Name;

    private void TellOnce(Component component, Action tell)
    {
        if (_told.GetValueOrDefault(component.Name) == component.Declaration)
            return;
        _told[component.Name] = component.Declaration;
        tell();
    }

    private void Close(IAsyncDisposable? old)
    {
        _closing.RemoveAll(task => task.IsCompletedSuccessfully);
        if (old is not null)
            _closing.Add(CloseAsync(old));
    }

    private async Task CloseAsync(IAsyncDisposable old)
    {
        await Task.Delay(options.GracefulShutdown, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await old.DisposeAsync();
    }
}
