using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Sidecar.Runtime.Cryptography.Scheme;

/// <summary>How a document is encrypted.</summary>
/// <param name="KeyName">Key that wraps the file key.</param>
/// <param name="Algorithm">How it wraps it: a name of <see cref="SchemeNames"/>.</param>
/// <param name="Cipher">How segments are encrypted; empty for AES-GCM.</param>
/// <param name="DecryptionKeyName">Name to write into the manifest where it is not <paramref name="KeyName"/>; may be empty.</param>
/// <param name="OmitKeyName">Whether the manifest names no key at all.</param>
internal sealed record EncryptionOptions(string KeyName, string Algorithm, string Cipher, string DecryptionKeyName, bool OmitKeyName);

/// <summary>
/// Dapr's encryption scheme v1, <c>dapr.io/enc/v1</c> (dapr/kit: schemes/enc/v1): a header, then segments of 64 KiB, each encrypted and authenticated by itself, so that nothing is given out before it
/// is known to be right. What is wrong with key or header is thrown before the first byte comes out.
/// </summary>
internal static class EncryptedDocument
{
    /// <exception cref="CryptoOperationException">The options are wrong, or the key cannot be wrapped.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> EncryptAsync(
        PipeReader plaintext, EncryptionOptions options, Func<KeyUse, byte[], Task<byte[]>> wrap, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var algorithm = SchemeNames.ParseAlgorithm(options.Algorithm);
        var cipher = SchemeNames.ParseCipher(options.Cipher);
        var key = RandomNumberGenerator.GetBytes(FileKey.Size);
        var noncePrefix = RandomNumberGenerator.GetBytes(FileKey.NoncePrefixSize);
        using var fileKey = new FileKey(key, noncePrefix, cipher);
        var wrapped = await WrapAsync(wrap, new KeyUse(options.KeyName, SchemeNames.NameOf(algorithm)), key);
        var keyName = options.OmitKeyName ? null : options.DecryptionKeyName.Length > 0 ? options.DecryptionKeyName : options.KeyName;
        yield return Header.Write(new Manifest(keyName, algorithm, wrapped, cipher, noncePrefix).ToJson(), fileKey);

        await foreach (var segment in Segments.ReadAsync(plaintext, Segments.Size, cancellationToken))
            yield return fileKey.Seal(segment.Data, segment.Number, segment.IsLast);
    }

    /// <param name="document">The document.</param>
    /// <param name="keyName">Key that unwraps the file key; empty for the one that the manifest names.</param>
    /// <param name="unwrap">Unwraps it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CryptoOperationException">It is no document, it was changed, or the key is another.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(
        PipeReader document, string keyName, Func<KeyUse, byte[], Task<byte[]>> unwrap, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var header = await Header.ReadAsync(document, cancellationToken);
        var manifest = Manifest.Parse(header.Manifest);
        var name = keyName.Length > 0 ? keyName : manifest.KeyName;
        if (string.IsNullOrEmpty(name))
            throw new CryptoOperationException("document's manifest does not contain a key name, and no key name was provided");
        var key = await UnwrapAsync(unwrap, new KeyUse(name, SchemeNames.NameOf(manifest.Algorithm)), manifest.WrappedKey);
        using var fileKey = new FileKey(key, manifest.NoncePrefix, manifest.Cipher);
        header.Verify(fileKey);

        await foreach (var segment in Segments.ReadAsync(document, Segments.Size + FileKey.TagSize, cancellationToken))
            yield return fileKey.Open(segment.Data, segment.Number, segment.IsLast);
    }

    private static async Task<byte[]> WrapAsync(Func<KeyUse, byte[], Task<byte[]>> wrap, KeyUse use, byte[] key)
    {
        try
        {
            return await wrap(use, key);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new CryptoOperationException($"failed to wrap the file key: {error.Message}", error);
        }
    }

    private static async Task<byte[]> UnwrapAsync(Func<KeyUse, byte[], Task<byte[]>> unwrap, KeyUse use, byte[] wrapped)
    {
        try
        {
            return await unwrap(use, wrapped);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whether there is such a key is not told: the header does not fit this one, and that is all a caller hears.
            return new byte[FileKey.Size];
        }
    }
}
