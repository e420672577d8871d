namespace Dapr.Client;

/// <summary>One operation of a state transaction.</summary>
public sealed class StateTransactionRequest
{
    /// <summary>How the store is to treat this operation.</summary>
    public StateOptions? Options;

    /// <summary>An operation on one key; the value is stored as the bytes given.</summary>
    public StateTransactionRequest(
        string key,
        byte[]? value,
        StateOperationType operationType,
        string? etag = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        StateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        Key = key;
        Value = value;
        OperationType = operationType;
        ETag = etag;
        Metadata = metadata;
        Options = options;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The bytes to store; null for a delete.</summary>
    public byte[]? Value { get; set; }

    /// <summary>Whether the key is written or deleted.</summary>
    public StateOperationType? OperationType { get; set; }

    /// <summary>The ETag the stored value must still have; null or empty for none.</summary>
    public string? ETag { get; set; }

    /// <summary>Metadata for the state store.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }
}
