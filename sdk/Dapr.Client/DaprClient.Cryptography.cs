using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

public abstract partial class DaprClient
{
    private const string CryptographyDocs = "https://docs.dapr.io/developing-applications/building-blocks/cryptography/cryptography-overview/";

    /// <summary>Encrypts bytes with a key of a vault (alpha); what comes back is a document of Dapr's encryption scheme.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    [Experimental("DAPR_CRYPTOGRAPHY", UrlFormat = CryptographyDocs)]
    public abstract Task<ReadOnlyMemory<byte>> EncryptAsync(
        string vaultResourceName, ReadOnlyMemory<byte> plaintextBytes, string keyName, EncryptionOptions encryptionOptions, CancellationToken cancellationToken = default);

    /// <summary>Encrypts a stream as it is read (alpha).</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    [Experimental("DAPR_CRYPTOGRAPHY", UrlFormat = CryptographyDocs)]
    public abstract IAsyncEnumerable<ReadOnlyMemory<byte>> EncryptAsync(
        string vaultResourceName, Stream plaintextStream, string keyName, EncryptionOptions encryptionOptions, CancellationToken cancellationToken = default);

    /// <summary>Decrypts a document with a key of a vault (alpha).</summary>
    /// <exception cref="DaprException">The document is damaged or made with another key, the sidecar refused or could not be reached.</exception>
    [Experimental("DAPR_CRYPTOGRAPHY", UrlFormat = CryptographyDocs)]
    public abstract Task<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, ReadOnlyMemory<byte> ciphertextBytes, string keyName, DecryptionOptions options, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DecryptAsync(string, ReadOnlyMemory{byte}, string, DecryptionOptions, CancellationToken)"/>
    [Experimental("DAPR_CRYPTOGRAPHY", UrlFormat = CryptographyDocs)]
    public abstract Task<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, ReadOnlyMemory<byte> ciphertextBytes, string keyName, CancellationToken cancellationToken = default);

    /// <summary>Decrypts a document as it is read; each piece has been checked (alpha).</summary>
    /// <exception cref="DaprException">The document is damaged or made with another key, the sidecar refused or could not be reached.</exception>
    [Experimental("DAPR_CRYPTOGRAPHY", UrlFormat = CryptographyDocs)]
    public abstract IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, Stream ciphertextStream, string keyName, DecryptionOptions options, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DecryptAsync(string, Stream, string, DecryptionOptions, CancellationToken)"/>
    [Experimental("DAPR_CRYPTOGRAPHY", UrlFormat = CryptographyDocs)]
    public abstract IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, Stream ciphertextStream, string keyName, CancellationToken cancellationToken = default);
}
