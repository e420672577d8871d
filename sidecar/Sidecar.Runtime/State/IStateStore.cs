namespace Sidecar.Runtime.State;

/// <summary>A stored value.</summary>
/// <param name="Key">Full key, prefix included.</param>
/// <param name="Value">Bytes as they were saved.</param>
/// <param name="ETag">Opaque version.</param>
/// <param name="ExpiresAt">When it lapses, or null.</param>
public sealed record StateItem(string Key, ReadOnlyMemory<byte> Value, string ETag, DateTimeOffset? ExpiresAt = null);

/// <summary>A change of one key.</summary>
/// <param name="Key">Full key, prefix included.</param>
/// <param name="ETag">When not null the change is refused unless the stored version is this one.</param>
public abstract record StateOperation(string Key, string? ETag);

/// <summary>Saves a value.</summary>
/// <param name="Key">Full key, prefix included.</param>
/// <param name="Value">Bytes to keep.</param>
/// <param name="ETag">Expected version, or null.</param>
/// <param name="FirstWrite">Without an ETag: refuse when the key exists.</param>
/// <param name="TimeToLive">Lapses after this; zero: never, whatever the component's default; null: the component's default, or never.</param>
public sealed record SetState(string Key, ReadOnlyMemory<byte> Value, string? ETag = null, bool FirstWrite = false, TimeSpan? TimeToLive = null)
    : StateOperation(Key, ETag)
{
    /// <summary>The app gave a JSON value and not bytes: a store with a column for JSON keeps it there, and may bring it back in another spelling.</summary>
    public bool IsJson { get; init; }
}

/// <summary>Deletes a key; deleting a missing key without an ETag is no error.</summary>
/// <param name="Key">Full key, prefix included.</param>
/// <param name="ETag">Expected version, or null.</param>
public sealed record DeleteState(string Key, string? ETag = null) : StateOperation(Key, ETag);

/// <summary>One page of keys.</summary>
/// <param name="Keys">Full keys in ordinal order.</param>
/// <param name="ContinuationToken">Where the next page starts, or null at the end.</param>
public sealed record KeyPage(IReadOnlyList<string> Keys, string? ContinuationToken);

/// <summary>
/// A state store component. Keys are full keys: the runtime adds the prefix. A call that returns has made its change durable if the store is durable.
/// </summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Dapr's capability names: ETAG, TRANSACTIONAL, TTL, DELETE_WITH_PREFIX, KEYS_LIKE, QUERY_API.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Reads one key; null when it is missing or lapsed.</summary>
    ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads several keys, answers in the order asked; null where missing.</summary>
    ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>Makes one change.</summary>
    /// <exception cref="ETagMismatchException">The stored version is another, or a first write found the key.</exception>
    /// <exception cref="InvalidETagException">The ETag cannot be one of this store's.</exception>
    ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken);

    /// <summary>Makes all changes or none.</summary>
    /// <exception cref="ETagMismatchException">As for <see cref="ExecuteAsync"/>; nothing was changed.</exception>
    ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken);

    /// <summary>
    /// True when <see cref="ListKeysAsync"/> walks over all keys of the store whatever the prefix and the page: few calls with large pages are better than many then.
    /// </summary>
    bool ListingReadsAll => false;

    /// <summary>Lists keys that start with <paramref name="prefix"/>, in ordinal order.</summary>
    ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken);

    /// <summary>Deletes all keys that start with <paramref name="prefix"/> in one change and says how many there were.</summary>
    ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>The stored version is not the expected one.</summary>
public sealed class ETagMismatchException(string key)
    : Exception($"possible etag mismatch. error from state store: the stored version of '{key}' is another, or the key exists already")
{
    /// <summary>Full key.</summary>
    public string Key { get; } = key;
}

/// <summary>An ETag that no version of this store can have.</summary>
public sealed class InvalidETagException(string key, string etag)
    : Exception($"invalid etag value '{etag}' for '{key}'")
{
    /// <summary>Full key.</summary>
    public string Key { get; } = key;
}
