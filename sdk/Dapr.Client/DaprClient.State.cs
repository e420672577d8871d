namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>The value under <paramref name="key"/>; the default value when there is none.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached, or the value is not the JSON expected.</exception>
    public abstract Task<TValue> GetStateAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>The stored texts under many keys, with at most <paramref name="parallelism"/> reads at once (null: the store decides).</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<IReadOnlyList<BulkStateItem>> GetBulkStateAsync(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>The values under many keys, with at most <paramref name="parallelism"/> reads at once (null: the store decides).</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached, or a value is not the JSON expected.</exception>
    public abstract Task<IReadOnlyList<BulkStateItem<TValue>>> GetBulkStateAsync<TValue>(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves many values in one call. This is not a transaction: some may be saved when others fail.</summary>
    /// <exception cref="DaprException">An item failed (an ETag no longer current included), the sidecar refused or could not be reached.</exception>
    public abstract Task SaveBulkStateAsync<TValue>(
        string storeName, IReadOnlyList<SaveStateItem<TValue>> items, CancellationToken cancellationToken = default);

    /// <summary>Deletes many keys in one call. This is not a transaction.</summary>
    /// <exception cref="DaprException">An item failed, the sidecar refused or could not be reached.</exception>
    public abstract Task DeleteBulkStateAsync(string storeName, IReadOnlyList<BulkDeleteStateItem> items, CancellationToken cancellationToken = default);

    /// <summary>The value under <paramref name="key"/> and its ETag; the default value and an empty ETag when there is none.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached, or the value is not the JSON expected.</exception>
    public abstract Task<(TValue value, string etag)> GetStateAndETagAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>The value under <paramref name="key"/> as an entry that can be changed and saved.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached, or the value is not the JSON expected.</exception>
    public async Task<StateEntry<TValue>> GetStateEntryAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(key);
        var (value, etag) = await GetStateAndETagAsync<TValue>(storeName, key, consistencyMode, metadata, cancellationToken);
        return new StateEntry<TValue>(this, storeName, key, value, etag);
    }

    /// <summary>Saves <paramref name="value"/> as JSON; null is saved as no value.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task SaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves bytes as they are.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task SaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves bytes as they are if <paramref name="etag"/> is still current.</summary>
    /// <returns>False when it is not.</returns>
    /// <exception cref="DaprException">The sidecar refused for another reason or could not be reached.</exception>
    public abstract Task<bool> TrySaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>The bytes under <paramref name="key"/>; none when there is no value.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<ReadOnlyMemory<byte>> GetByteStateAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>The bytes under <paramref name="key"/> and their ETag.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<(ReadOnlyMemory<byte>, string etag)> GetByteStateAndETagAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves <paramref name="value"/> as JSON if <paramref name="etag"/> is still current.</summary>
    /// <returns>False when it is not.</returns>
    /// <exception cref="DaprException">The sidecar refused for another reason or could not be reached.</exception>
    public abstract Task<bool> TrySaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Does all operations or none, on a store that can.</summary>
    /// <exception cref="DaprException">An ETag is no longer current, the store cannot, the sidecar refused or could not be reached.</exception>
    public abstract Task ExecuteStateTransactionAsync(
        string storeName,
        IReadOnlyList<StateTransactionRequest> operations,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a key; deleting an absent key is no error.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task DeleteStateAsync(
        string storeName,
        string key,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a key if <paramref name="etag"/> is still current.</summary>
    /// <returns>False when it is not.</returns>
    /// <exception cref="DaprException">The sidecar refused for another reason or could not be reached.</exception>
    public abstract Task<bool> TryDeleteStateAsync(
        string storeName,
        string key,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Queries a store that can, with Dapr's JSON query language (alpha).</summary>
    /// <exception cref="StateQueryException{TValue}">Some items could not be read; the others are with it.</exception>
    /// <exception cref="DaprException">The sidecar refused or could not be reached, or a value is not the JSON expected.</exception>
    public abstract Task<StateQueryResponse<TValue>> QueryStateAsync<TValue>(
        string storeName, string jsonQuery, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);
}
