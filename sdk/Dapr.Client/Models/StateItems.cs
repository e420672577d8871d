namespace Dapr.Client;

/// <summary>One value of a bulk save.</summary>
/// <typeparam name="TValue">Type of the value; written as JSON.</typeparam>
public readonly struct SaveStateItem<TValue>
{
    /// <summary>A value to save; a null or empty <paramref name="etag"/> means unconditionally.</summary>
    public SaveStateItem(string key, TValue value, string etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Key = key;
        Value = value;
        ETag = etag;
        StateOptions = stateOptions;
        Metadata = metadata;
    }

    /// <summary>Key of the value.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public TValue Value { get; }

    /// <summary>The ETag the stored value must still have.</summary>
    public string ETag { get; }

    /// <summary>How the store is to treat this item.</summary>
    public StateOptions? StateOptions { get; }

    /// <summary>Metadata for the state store, such as <c>ttlInSeconds</c>.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; }
}

/// <summary>One key of a bulk delete.</summary>
public readonly struct BulkDeleteStateItem
{
    /// <summary>A key to delete; a null or empty <paramref name="etag"/> means unconditionally.</summary>
    public BulkDeleteStateItem(string key, string etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Key = key;
        ETag = etag;
        StateOptions = stateOptions;
        Metadata = metadata;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The ETag the stored value must still have.</summary>
    public string ETag { get; }

    /// <summary>How the store is to treat this item.</summary>
    public StateOptions? StateOptions { get; }

    /// <summary>Metadata for the state store.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; }
}

/// <summary>One value of a bulk read, as the text that is stored.</summary>
public readonly struct BulkStateItem
{
    /// <summary>A value that was read.</summary>
    public BulkStateItem(string key, string value, string etag)
    {
        Key = key;
        Value = value;
        ETag = etag;
    }

    /// <summary>Key of the value.</summary>
    public string Key { get; }

    /// <summary>The stored text; empty when the key is absent.</summary>
    public string Value { get; }

    /// <summary>The ETag; empty when the key is absent.</summary>
    public string ETag { get; }
}

/// <summary>One value of a bulk read.</summary>
/// <typeparam name="TValue">Type the JSON is read as.</typeparam>
public readonly struct BulkStateItem<TValue>
{
    /// <summary>A value that was read.</summary>
    public BulkStateItem(string key, TValue value, string etag)
    {
        Key = key;
        Value = value;
        ETag = etag;
    }

    /// <summary>Key of the value.</summary>
    public string Key { get; }

    /// <summary>The value; the default value when the key is absent.</summary>
    public TValue Value { get; }

    /// <summary>The ETag; empty when the key is absent.</summary>
    public string ETag { get; }
}
