namespace Dapr.Actors.Runtime;

/// <summary>An actor's state: named values, kept in memory while the actor is active and saved together at the end of a turn.</summary>
public interface IActorStateManager
{
    /// <summary>Drops a value from memory; it is read again when it is needed.</summary>
    /// <exception cref="InvalidOperationException">It was changed, and the options do not allow the loss.</exception>
    Task UnloadStateAsync(string stateName, UnloadStateOptions options = null, CancellationToken cancellationToken = default);

    /// <summary>Adds a value.</summary>
    /// <exception cref="InvalidOperationException">There is one of that name.</exception>
    Task AddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>Adds a value that expires.</summary>
    /// <exception cref="InvalidOperationException">There is one of that name.</exception>
    Task AddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>A value.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    Task<T> GetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Sets a value, whether there is one or not. It does not expire.</summary>
    Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>Sets a value that expires.</summary>
    Task SetStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Removes a value.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Adds a value unless there is one.</summary>
    Task<bool> TryAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>Adds a value that expires unless there is one.</summary>
    Task<bool> TryAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>A value, if there is one.</summary>
    Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Removes a value if there is one.</summary>
    Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Whether there is a value of that name.</summary>
    Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default);

    /// <summary>A value; the given one is added if there is none.</summary>
    Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>A value; the given one is added if there is none, and expires.</summary>
    Task<T> GetOrAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Adds a value or makes a new one from the one that is there.</summary>
    Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, CancellationToken cancellationToken = default);

    /// <summary>Adds a value or makes a new one from the one that is there; either expires.</summary>
    Task<T> AddOrUpdateStateAsync<T>(
        string stateName, T addValue, Func<string, T, T> updateValueFactory, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Forgets what is in memory, changes included.</summary>
    Task ClearCacheAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves all changes in one transaction. The end of a turn does it too.</summary>
    Task SaveStateAsync(CancellationToken cancellationToken = default);
}
