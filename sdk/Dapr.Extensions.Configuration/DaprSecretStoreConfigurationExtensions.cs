using Dapr.Client;
using Dapr.Extensions.Configuration.DaprSecretStore;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Secrets of a Dapr secret store in an application's configuration.</summary>
public static class DaprSecretStoreConfigurationExtensions
{
    /// <summary>Adds the secrets named.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder, string store, IEnumerable<DaprSecretDescriptor> secretDescriptors, DaprClient client, bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(secretDescriptors);
        return Add(configurationBuilder, new DaprSecretStoreConfigurationSource { Store = store, SecretDescriptors = secretDescriptors, Client = client, IsOptional = optional });
    }

    /// <summary>Adds the secrets named; waits for the sidecar as long as told.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder,
        string store,
        IEnumerable<DaprSecretDescriptor> secretDescriptors,
        DaprClient client,
        TimeSpan sidecarWaitTimeout,
        bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(secretDescriptors);
        return Add(configurationBuilder, new DaprSecretStoreConfigurationSource
        {
            Store = store,
            SecretDescriptors = secretDescriptors,
            Client = client,
            SidecarWaitTimeout = sidecarWaitTimeout,
            IsOptional = optional,
        });
    }

    /// <summary>Adds every secret that the application may read.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IReadOnlyDictionary<string, string>? metadata = null, bool optional = false) =>
        Add(configurationBuilder, new DaprSecretStoreConfigurationSource { Store = store, Metadata = metadata, Client = client, IsOptional = optional });

    /// <summary>Adds every secret that the application may read; waits for the sidecar as long as told.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder,
        string store,
        DaprClient client,
        TimeSpan sidecarWaitTimeout,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool optional = false) => Add(configurationBuilder, new DaprSecretStoreConfigurationSource
        {
            Store = store,
            Metadata = metadata,
            Client = client,
            SidecarWaitTimeout = sidecarWaitTimeout,
            IsOptional = optional,
        });

    /// <summary>Adds every secret that the application may read; each of <paramref name="keyDelimiters"/> stands for <c>:</c> in the keys.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IEnumerable<string>? keyDelimiters, bool optional = false) =>
        Add(configurationBuilder, new DaprSecretStoreConfigurationSource { Store = store, Client = client, IsOptional = optional }, keyDelimiters);

    /// <summary>
    /// Adds every secret that the application may read; each of <paramref name="keyDelimiters"/> stands for <c>:</c> in the keys. Waits for the sidecar as long as told.
    /// </summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder,
        string store,
        DaprClient client,
        IEnumerable<string>? keyDelimiters,
        TimeSpan sidecarWaitTimeout,
        bool optional = false) => Add(
            configurationBuilder,
            new DaprSecretStoreConfigurationSource { Store = store, Client = client, SidecarWaitTimeout = sidecarWaitTimeout, IsOptional = optional },
            keyDelimiters);

    /// <summary>Adds a source that the application sets up itself.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(
        this IConfigurationBuilder configurationBuilder, Action<DaprSecretStoreConfigurationSource> configureSource) => configurationBuilder.Add(configureSource);

    private static IConfigurationBuilder Add(IConfigurationBuilder builder, DaprSecretStoreConfigurationSource source, IEnumerable<string>? keyDelimiters = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(source.Store, "store");
        ArgumentNullException.ThrowIfNull(source.Client, "client");
        if (keyDelimiters is not null)
            source.KeyDelimiters = [.. keyDelimiters];

        return builder.Add(source);
    }
}
