using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Works with keys in this process, wherever they come from (components-contrib: LocalCryptoBaseComponent).</summary>
internal sealed class LocalCryptoProvider(IKeySource keys) : ICryptoProvider
{
    public async ValueTask<PublicKey> GetKeyAsync(string name, bool asJson, CancellationToken cancellationToken)
    {
        var key = await keys.FindAsync(name, cancellationToken);
        return new PublicKey(name, asJson ? PublicKeyText.Json(key) : PublicKeyText.Pem(key));
    }

    public async ValueTask<SealedBytes> EncryptAsync(KeyUse use, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        var key = await FindAsync(use, "encrypt", "key", cancellationToken);
        return Guarded("failed to encrypt data", () => Encrypt(key, use, plaintext.Span));
    }

    public async ValueTask<byte[]> DecryptAsync(KeyUse use, ReadOnlyMemory<byte> ciphertext, ReadOnlyMemory<byte> tag, CancellationToken cancellationToken)
    {
        var key = await FindAsync(use, "decrypt", "key", cancellationToken);
        return Guarded("failed to decrypt data", () => Decrypt(key, use, ciphertext.Span, tag.Span));
    }

    public async ValueTask<SealedBytes> WrapKeyAsync(KeyUse use, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        var encryptionKey = await FindAsync(use, "wrapKey", "key encryption key", cancellationToken);
        return Guarded("failed to encrypt data", () => Encrypt(encryptionKey, use, key.Span));
    }

    public async ValueTask<byte[]> UnwrapKeyAsync(KeyUse use, ReadOnlyMemory<byte> wrapped, ReadOnlyMemory<byte> tag, CancellationToken cancellationToken)
    {
        var encryptionKey = await FindAsync(use, "unwrapKey", "key encryption key", cancellationToken);
        return Guarded("failed to decrypt data", () => Decrypt(encryptionKey, use, wrapped.Span, tag.Span));
    }

    public async ValueTask<byte[]> SignAsync(KeyUse use, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        var key = await FindAsync(use, "sign", "key", cancellationToken);
        return Guarded("failed to sign message", () => AsymmetricKeys.Sign(key, use.Algorithm, digest.Span));
    }

    public async ValueTask<bool> VerifyAsync(KeyUse use, ReadOnlyMemory<byte> digest, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
    {
        var key = await FindAsync(use, "verify", "key", cancellationToken);
        return Guarded("failed to validate the signature", () => AsymmetricKeys.Verify(key, use.Algorithm, digest.Span, signature.Span));
    }

    public ValueTask DisposeAsync() => keys.DisposeAsync();

    private static SealedBytes Encrypt(LocalKey key, KeyUse use, ReadOnlySpan<byte> plaintext) => AsymmetricKeys.Encrypts(use.Algorithm)
        ? new SealedBytes(AsymmetricKeys.Encrypt(key, use, plaintext), [])
        : SymmetricCiphers.Encrypt(SecretOf(key), use, plaintext);

    private static byte[] Decrypt(LocalKey key, KeyUse use, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag) => AsymmetricKeys.Encrypts(use.Algorithm)
        ? AsymmetricKeys.Decrypt(key, use, ciphertext)
        : SymmetricCiphers.Decrypt(SecretOf(key), use, ciphertext, tag);

    private static byte[] SecretOf(LocalKey key) => key.Secret ?? throw new CryptoOperationException("key type mismatch");

    private static T Guarded<T>(string failure, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception error) when (error is CryptoOperationException or CryptographicException or ArgumentException)
        {
            throw new CryptoOperationException($"{failure}: {error.Message}", error);
        }
    }

    private async ValueTask<LocalKey> FindAsync(KeyUse use, string operation, string what, CancellationToken cancellationToken)
    {
        LocalKey key;
        try
        {
            key = await keys.FindAsync(use.Key, cancellationToken);
        }
        catch (CryptoOperationException error)
        {
            throw new CryptoOperationException($"failed to retrieve the {what}: {error.Message}", error);
        }

        return key.Allowing(operation, use.Algorithm);
    }
}
