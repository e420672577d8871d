namespace Dapr.Client;

/// <summary>One page of a state query.</summary>
/// <typeparam name="TValue">Type the JSON is read as.</typeparam>
public class StateQueryResponse<TValue>
{
    /// <summary>A page of results.</summary>
    public StateQueryResponse(IReadOnlyList<StateQueryItem<TValue>> results, string token, IReadOnlyDictionary<string, string> metadata)
    {
        Results = results;
        Token = token;
        Metadata = metadata;
    }

    /// <summary>The items of this page.</summary>
    public IReadOnlyList<StateQueryItem<TValue>> Results { get; }

    /// <summary>What the next query gives to go on; empty when there is no more.</summary>
    public string Token { get; }

    /// <summary>Metadata of the answer.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }
}

/// <summary>One item of a state query.</summary>
/// <typeparam name="TValue">Type the JSON is read as.</typeparam>
public class StateQueryItem<TValue>
{
    /// <summary>An item that was found.</summary>
    public StateQueryItem(string key, TValue data, string etag, string error)
    {
        Key = key;
        Data = data;
        ETag = etag;
        Error = error;
    }

    /// <summary>Key of the value.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public TValue? Data { get; }

    /// <summary>Its ETag.</summary>
    public string ETag { get; }

    /// <summary>Why this item could not be read; empty when it could.</summary>
    public string Error { get; }
}

/// <summary>Some items of a state query could not be read.</summary>
/// <typeparam name="TValue">Type the JSON is read as.</typeparam>
public class StateQueryException<TValue> : DaprApiException
{
    /// <summary>Carries what could be read and the keys that could not.</summary>
    public StateQueryException(string message, StateQueryResponse<TValue> response, IReadOnlyList<string> failedKeys)
        : base(message)
    {
        Response = response;
        FailedKeys = failedKeys;
    }

    /// <summary>What could be read.</summary>
    public StateQueryResponse<TValue> Response { get; }

    /// <summary>The keys that could not be read.</summary>
    public IReadOnlyList<string> FailedKeys { get; }
}
