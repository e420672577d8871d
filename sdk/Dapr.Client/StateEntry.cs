using Dapr.Client;

namespace Dapr;

/// <summary>A value of a state store with its key and ETag, ready to be changed and saved.</summary>
/// <typeparam name="TValue">Type of the value; written as JSON.</typeparam>
public sealed class StateEntry<TValue>
{
    private readonly DaprClient client;

    /// <summary>Ties a value that was read to the client that read it.</summary>
    public StateEntry(DaprClient client, string storeName, string key, TValue value, string etag)
    {
        // A client is needed by the calls alone: tests make entries without one.
        ArgumentNullException.ThrowIfNull(storeName);
        ArgumentNullException.ThrowIfNull(key);
        this.client = client;
        StoreName = storeName;
        Key = key;
        Value = value;
        ETag = etag;
    }

    /// <summary>Name of the state store.</summary>
    public string StoreName { get; }

    /// <summary>Key of the value.</summary>
    public string Key { get; }

    /// <summary>The value; the default value when the key was absent.</summary>
    public TValue Value { get; set; }

    /// <summary>The ETag under which the value was read.</summary>
    public string ETag { get; }

    /// <summary>Deletes the key whatever its ETag is now.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public Task DeleteAsync(
        StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) =>
        client.DeleteStateAsync(StoreName, Key, stateOptions, metadata, cancellationToken);

    /// <summary>Saves <see cref="Value"/> whatever the ETag is now.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public Task SaveAsync(
        StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) =>
        client.SaveStateAsync(StoreName, Key, Value, stateOptions, metadata, cancellationToken);

    /// <summary>Saves <see cref="Value"/> if the ETag is still the one that was read.</summary>
    /// <returns>False when somebody else changed it meanwhile.</returns>
    /// <exception cref="DaprException">The sidecar refused for another reason or could not be reached.</exception>
    public Task<bool> TrySaveAsync(
        StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) =>
        client.TrySaveStateAsync(StoreName, Key, Value, ETag, stateOptions, metadata, cancellationToken);

    /// <summary>Deletes the key if the ETag is still the one that was read.</summary>
    /// <returns>False when somebody else changed it meanwhile.</returns>
    /// <exception cref="DaprException">The sidecar refused for another reason or could not be reached.</exception>
    public Task<bool> TryDeleteAsync(
        StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) =>
        client.TryDeleteStateAsync(StoreName, Key, ETag, stateOptions, metadata, cancellationToken);
}
