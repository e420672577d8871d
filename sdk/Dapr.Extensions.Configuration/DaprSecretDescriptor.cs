namespace Dapr.Extensions.Configuration;

/// <summary>A secret to be read into the configuration.</summary>
public class DaprSecretDescriptor
{
    /// <summary>A secret without metadata; the store knows it as <paramref name="secretKey"/>, or by its name when that is empty.</summary>
    public DaprSecretDescriptor(string secretName, bool isRequired = true, string secretKey = "")
        : this(secretName, new Dictionary<string, string>(), isRequired, secretKey)
    {
    }

    /// <summary>A secret with metadata; the store knows it as <paramref name="secretKey"/>, or by its name when that is empty.</summary>
    public DaprSecretDescriptor(string secretName, IReadOnlyDictionary<string, string> metadata, bool isRequired = true, string secretKey = "")
    {
        SecretName = secretName;
        Metadata = metadata;
        IsRequired = isRequired;
        SecretKey = string.IsNullOrEmpty(secretKey) ? secretName : secretKey;
    }

    /// <summary>What the secret is called in the configuration.</summary>
    public string SecretName { get; }

    /// <summary>Metadata for the secret store.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether the configuration fails to load without the secret.</summary>
    public bool IsRequired { get; }

    /// <summary>What the secret is called in the store.</summary>
    public string SecretKey { get; }
}
