#nullable enable
namespace Dapr.Actors.Runtime;

/// <summary>
/// Keeps what an actor has read and changed until the turn ends. A turn in a chain of calls that may come back works on a memory of its own,
/// since the turn that waits for it has changes that are not saved.
/// </summary>
internal sealed class ActorStateManager(ActorStateStore? store) : IActorStateManager
{
    private readonly Dictionary<string, TrackedState> common = [];
    private readonly AsyncLocal<Dictionary<string, TrackedState>?> own = new();

    private Dictionary<string, TrackedState> Memory => own.Value ?? common;

    private ActorStateStore Store => store ?? throw new InvalidOperationException(
        "This actor was made without a state store, as tests make it. Set its StateManager to one of the test's own.");

    /// <summary>From here to the end of the turn, a memory of its own. To be called by the method that runs the turn.</summary>
    public void UseOwnMemory() => own.Value = [];

    public Task UnloadStateAsync(string stateName, UnloadStateOptions? options = null, CancellationToken cancellationToken = default)
    {
        var isModified = Memory.TryGetValue(stateName, out var tracked) && tracked.Change != StateChangeKind.None;
        if (isModified && options?.AllowUnloadingWhenStateModified != true)
            throw new InvalidOperationException(
                $"The state '{stateName}' was changed and not saved. Save it first, or set AllowUnloadingWhenStateModified to lose the change.");

        Memory.Remove(stateName);
        return Task.CompletedTask;
    }

    public Task AddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => AddAsync(stateName, value, null, cancellationToken);

    public Task AddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => AddAsync(stateName, value, ttl, cancellationToken);

    public Task<bool> TryAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => TryAddAsync(stateName, value, null, cancellationToken);

    public Task<bool> TryAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) =>
        TryAddAsync(stateName, value, ttl, cancellationToken);

    public async Task<T> GetStateAsync<T>(string stateName, CancellationToken cancellationToken = default)
    {
        var found = await TryGetStateAsync<T>(stateName, cancellationToken);
        return found.HasValue ? found.Value : throw NotFound(stateName);
    }

    public async Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        if (!Memory.TryGetValue(stateName, out var tracked))
        {
            if (await Store.FindAsync<T>(stateName, cancellationToken) is not { } stored)
                return default;

            Memory[stateName] = tracked = new TrackedState(stored.Value, typeof(T), StateChangeKind.None, stored.TTLExpireTime);
        }

        return tracked.IsThere ? new ConditionalValue<T>(true, (T)tracked.Value!) : default;
    }

    public Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => SetAsync(stateName, value, null);

    public Task SetStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => SetAsync(stateName, value, ttl);

    public async Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        if (!await TryRemoveStateAsync(stateName, cancellationToken))
            throw NotFound(stateName);
    }

    public async Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        if (!await ContainsStateAsync(stateName, cancellationToken))
            return false;

        if (Memory.TryGetValue(stateName, out var tracked) && tracked.Change == StateChangeKind.Add)
            Memory.Remove(stateName);
        else
            Memory[stateName] = new TrackedState(null, typeof(object), StateChangeKind.Remove, null);

        return true;
    }

    public async Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        return Memory.TryGetValue(stateName, out var tracked) ? tracked.IsThere : await Store.ContainsAsync(stateName, cancellationToken);
    }

    public Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => GetOrAddAsync(stateName, value, null, cancellationToken);

    public Task<T> GetOrAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) =>
        GetOrAddAsync(stateName, value, ttl, cancellationToken);

    public Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, CancellationToken cancellationToken = default) =>
        AddOrUpdateAsync(stateName, addValue, updateValueFactory, null, cancellationToken);

    public Task<T> AddOrUpdateStateAsync<T>(
        string stateName, T addValue, Func<string, T, T> updateValueFactory, TimeSpan ttl, CancellationToken cancellationToken = default) =>
        AddOrUpdateAsync(stateName, addValue, updateValueFactory, ttl, cancellationToken);

    public Task ClearCacheAsync(CancellationToken cancellationToken = default)
    {
        _ = Store;
        Memory.Clear();
        return Task.CompletedTask;
    }

    public async Task SaveStateAsync(CancellationToken cancellationToken = default)
    {
        _ = Store;
        ActorStateChange[] changes =
        [
            .. Memory.Where(entry => entry.Value.Change != StateChangeKind.None)
                .Select(entry => new ActorStateChange(entry.Key, entry.Value.Type, entry.Value.Value, entry.Value.Change, entry.Value.Expires)),
        ];
        if (changes.Length == 0)
            return;

        await Store.SaveAsync(changes, cancellationToken);
        foreach (var change in changes)
            Saved(change);
    }

    private void Saved(ActorStateChange change)
    {
        if (change.ChangeKind == StateChangeKind.Remove)
            Memory.Remove(change.StateName);
        else
            Memory[change.StateName] = Memory[change.StateName] with { Change = StateChangeKind.None };

        // What the other turns remember of it is old now.
        if (own.Value is not null && common.TryGetValue(change.StateName, out var remembered) && remembered.Change == StateChangeKind.None)
            common.Remove(change.StateName);
    }

    private async Task AddAsync<T>(string name, T value, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        if (!await TryAddAsync(name, value, ttl, cancellationToken))
            throw new InvalidOperationException($"The actor has a state '{name}' already.");
    }

    private async Task<bool> TryAddAsync<T>(string name, T value, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        if (await ContainsStateAsync(name, cancellationToken))
            return false;

        Put(name, value, ttl);
        return true;
    }

    private async Task<T> GetOrAddAsync<T>(string name, T value, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        var found = await TryGetStateAsync<T>(name, cancellationToken);
        if (found.HasValue)
            return found.Value;

        Put(name, value, ttl);
        return value;
    }

    private async Task<T> AddOrUpdateAsync<T>(string name, T value, Func<string, T, T> update, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(update);
        var found = await TryGetStateAsync<T>(name, cancellationToken);
        if (!found.HasValue)
        {
            Put(name, value, ttl);
            return value;
        }

        // Without a time of its own the value lives as long as it would have.
        var updated = update(name, found.Value);
        var tracked = Memory[name];
        Memory[name] = tracked.With(updated, ttl is null ? tracked.Expires : ExpiryOf(ttl));
        return updated;
    }

    // Nothing is read first: the store's upsert does not ask whether a value was there.
    private Task SetAsync<T>(string name, T value, TimeSpan? ttl)
    {
        ArgumentNullException.ThrowIfNull(name);
        _ = Store;
        Memory[name] = Memory.TryGetValue(name, out var tracked)
            ? tracked.With(value, ExpiryOf(ttl))
            : new TrackedState(value, typeof(T), StateChangeKind.Update, ExpiryOf(ttl));
        return Task.CompletedTask;
    }

    /// <summary>A value that is not there: new to the store unless it was removed or has expired.</summary>
    private void Put<T>(string name, T value, TimeSpan? ttl) =>
        Memory[name] = new TrackedState(value, typeof(T), Memory.ContainsKey(name) ? StateChangeKind.Update : StateChangeKind.Add, ExpiryOf(ttl));

    private static DateTimeOffset? ExpiryOf(TimeSpan? ttl) => ttl is { } time ? DateTimeOffset.UtcNow + time : null;

    private static KeyNotFoundException NotFound(string name) => new($"The actor has no state '{name}'.");
}
