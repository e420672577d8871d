using System.Runtime.CompilerServices;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Locks;

/// <summary>The distributed lock API of one sidecar. Locks are kept apart by app id unless the component's <c>keyPrefix</c> says otherwise.</summary>
internal sealed class LockBlock : IBuildingBlock
{
    private readonly ConditionalWeakTable<LoadedComponent<ILockStore>, string> _prefixes = [];
    private readonly SidecarContext _context;

    public LockBlock(SidecarContext context)
    {
        _context = context;
        // What is wrong in a component's metadata stops the start.
        foreach (var store in context.Components.LockStores.Values)
            _prefixes.Add(store, Prefix(store));
    }

    /// <exception cref="DaprApiException">A value is missing, there is no such store, or the store failed.</exception>
    public async ValueTask<bool> TryLockAsync(string store, string resource, string owner, int expiryInSeconds, CancellationToken cancellationToken)
    {
        if (expiryInSeconds <= 0)
            throw Malformed($"ExpiryInSeconds is not positive in lock store {store}");
        var component = Find(store, resource, owner);
        return await RunAsync(
            component, store, resource, "ERR_TRY_LOCK", "failed to try acquiring lock",
            (key, token) => component.Instance.TryLockAsync(key, owner, TimeSpan.FromSeconds(expiryInSeconds), token), cancellationToken);
    }

    /// <exception cref="DaprApiException">As for <see cref="TryLockAsync"/>.</exception>
    public async ValueTask<UnlockStatus> UnlockAsync(string store, string resource, string owner, CancellationToken cancellationToken)
    {
        var component = Find(store, resource, owner);
        return await RunAsync(
            component, store, resource, "ERR_UNLOCK", "failed to release lock", (key, token) => component.Instance.UnlockAsync(key, owner, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Prefix(LoadedComponent<ILockStore> store) => $"lock{KeyPrefix.Separator}{KeyPrefix.Of(store.Resource, _context.Options)}";

    private static DaprApiException Malformed(string problem) => new("ERR_MALFORMED_REQUEST", 400, 3, problem);

    private LoadedComponent<ILockStore> Find(string store, string resource, string owner)
    {
        if (_context.Components.LockStores.Count == 0)
            throw new DaprApiException("ERR_LOCK_STORE_NOT_CONFIGURED", 500, 9, "lock store is not configured");
        if (resource.Length == 0)
            throw Malformed($"ResourceId is empty in lock store {store}");
        if (owner.Length == 0)
            throw Malformed($"LockOwner is empty in lock store {store}");
        return _context.Components.LockStores.TryGetValue(store, out var component)
            ? component
            : throw new DaprApiException("ERR_LOCK_STORE_NOT_FOUND", 400, 3, $"lock store {store} not found");
    }

    private async Task<T> RunAsync<T>(
        LoadedComponent<ILockStore> component, string store, string resource, string code, string failure, Func<string, CancellationToken, ValueTask<T>> operation,
        CancellationToken cancellationToken)
    {
        if (resource.Contains(KeyPrefix.Separator, StringComparison.Ordinal))
            throw new DaprApiException(code, 500, 13, $"{failure}: input key/keyPrefix '{resource}' can't contain '{KeyPrefix.Separator}'");
        try
        {
            var policy = _context.Policies.ForComponentOutbound(store, component.Resource.Type);
            return await policy.ExecuteAsync(token => operation(_prefixes.GetValue(component, Prefix) + resource, token).AsTask(), cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            throw new DaprApiException(code, 500, 13, $"{failure}: {error.Message}", error);
        }
    }
}
