namespace Dapr.Client;

/// <summary>One item of a configuration store.</summary>
public class ConfigurationItem
{
    /// <summary>An item that was read.</summary>
    public ConfigurationItem(string value, string version, IReadOnlyDictionary<string, string> metadata)
    {
        Value = value;
        Version = version;
        Metadata = metadata;
    }

    /// <summary>The value.</summary>
    public string Value { get; }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Its metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }
}

/// <summary>What a configuration store answered.</summary>
public class GetConfigurationResponse
{
    /// <summary>The items by key.</summary>
    public GetConfigurationResponse(IReadOnlyDictionary<string, ConfigurationItem> configMap)
    {
        Items = configMap;
    }

    /// <summary>The items by key; absent keys are missing.</summary>
    public IReadOnlyDictionary<string, ConfigurationItem> Items { get; }
}

/// <summary>Changes of a configuration store, as they happen.</summary>
public abstract class ConfigurationSource : IAsyncEnumerable<IDictionary<string, ConfigurationItem>>
{
    /// <summary>Id of the subscription; known once the first element has arrived.</summary>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public abstract IAsyncEnumerator<IDictionary<string, ConfigurationItem>> GetAsyncEnumerator(CancellationToken cancellationToken = default);
}

/// <summary>A subscription to a configuration store.</summary>
public class SubscribeConfigurationResponse
{
    private readonly ConfigurationSource source;

    /// <summary>A subscription fed by <paramref name="source"/>.</summary>
    public SubscribeConfigurationResponse(ConfigurationSource source)
    {
        this.source = source;
    }

    /// <summary>Id of the subscription; known once the first element has arrived.</summary>
    public string Id => source.Id;

    /// <summary>The changes, each with the items that changed.</summary>
    public IAsyncEnumerable<IDictionary<string, ConfigurationItem>> Source => source;
}

/// <summary>The outcome of ending a subscription to a configuration store.</summary>
public class UnsubscribeConfigurationResponse
{
    /// <summary>The outcome.</summary>
    public UnsubscribeConfigurationResponse(bool ok, string message)
    {
        Ok = ok;
        Message = message;
    }

    /// <summary>Whether the subscription has ended.</summary>
    public bool Ok { get; }

    /// <summary>Why not, when it has not.</summary>
    public string Message { get; }
}
