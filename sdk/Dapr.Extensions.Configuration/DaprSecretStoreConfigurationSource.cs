using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration.DaprSecretStore;

/// <summary>A secret store as a source of configuration.</summary>
public class DaprSecretStoreConfigurationSource : IConfigurationSource
{
    private static readonly TimeSpan s_usualWait = TimeSpan.FromSeconds(5);

    /// <summary>Name of the secret store.</summary>
    public string Store { get; set; } = null!;

    /// <summary>Whether <see cref="KeyDelimiters"/> in the keys become <c>:</c>.</summary>
    public bool NormalizeKey { get; set; } = true;

    /// <summary>What stands for <c>:</c> in the keys; <c>__</c> unless set.</summary>
    public IList<string> KeyDelimiters { get; set; } = ["__"];

    /// <summary>The secrets to read; null for all that the application may read.</summary>
    public IEnumerable<DaprSecretDescriptor>? SecretDescriptors { get; set; }

    /// <summary>Metadata for the secret store, when all secrets are read.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <summary>The client that reads.</summary>
    public DaprClient Client { get; set; } = null!;

    /// <summary>How long the sidecar is waited for; five seconds unless set.</summary>
    public TimeSpan? SidecarWaitTimeout { get; set; }

    /// <summary>Whether the application starts without the secrets when they cannot be read.</summary>
    public bool IsOptional { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The source is incomplete, or contradicts itself.</exception>
    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        ArgumentException.ThrowIfNullOrEmpty(Store, "store");
        ArgumentNullException.ThrowIfNull(Client, "client");
        var descriptors = SecretDescriptors?.ToList();
#pragma warning disable CA2208 // named as the official source names them
        if (descriptors is not null && Metadata is not null)
            throw new ArgumentException("Metadata must be null when SecretDescriptors is set", nameof(Metadata));

        if (descriptors is { Count: 0 })
            throw new ArgumentException("No secret descriptor was provided", "secretDescriptors");
#pragma warning restore CA2208

        return new SecretStoreProvider(this, descriptors, SidecarWaitTimeout ?? s_usualWait);
    }
}
