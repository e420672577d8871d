using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Items of a Dapr configuration store in an application's configuration.</summary>
public static class DaprConfigurationStoreExtension
{
    /// <summary>Adds the items as they are when the configuration is built; no keys means all.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprConfigurationStore(
        this IConfigurationBuilder configurationBuilder,
        string store,
        IReadOnlyList<string> keys,
        DaprClient client,
        TimeSpan sidecarWaitTimeout,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool optional = false) => Add(configurationBuilder, store, keys, client, sidecarWaitTimeout, metadata, optional, isStreaming: false);

    /// <summary>Adds the items and follows their changes; no keys means all.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddStreamingDaprConfigurationStore(
        this IConfigurationBuilder configurationBuilder,
        string store,
        IReadOnlyList<string> keys,
        DaprClient client,
        TimeSpan sidecarWaitTimeout,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool optional = false) => Add(configurationBuilder, store, keys, client, sidecarWaitTimeout, metadata, optional, isStreaming: true);

    private static IConfigurationBuilder Add(
        IConfigurationBuilder builder,
        string store,
        IReadOnlyList<string> keys,
        DaprClient client,
        TimeSpan wait,
        IReadOnlyDictionary<string, string>? metadata,
        bool optional,
        bool isStreaming)
    {
        ArgumentException.ThrowIfNullOrEmpty(store);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(client);
        return builder.Add(new DaprConfigurationStoreSource
        {
            Store = store,
            Keys = keys,
            Client = client,
            SidecarWaitTimeout = wait,
            IsStreaming = isStreaming,
            Metadata = metadata,
            IsOptional = optional,
        });
    }
}

/// <summary>A configuration store as a source of configuration.</summary>
public class DaprConfigurationStoreSource : IConfigurationSource
{
    /// <summary>Name of the configuration store.</summary>
    public string Store { get; set; } = null!;

    /// <summary>The keys to read; none means all.</summary>
    public IReadOnlyList<string> Keys { get; set; } = null!;

    /// <summary>The client that reads.</summary>
    public DaprClient Client { get; set; } = null!;

    /// <summary>Whether changes are followed.</summary>
    public bool IsStreaming { get; set; }

    /// <summary>How long the sidecar is waited for.</summary>
    public TimeSpan SidecarWaitTimeout { get; set; }

    /// <summary>Metadata for the configuration store.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <summary>Whether the application starts without the items when they cannot be read.</summary>
    public bool IsOptional { get; set; }

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new ConfigurationStoreProvider(this);
}
