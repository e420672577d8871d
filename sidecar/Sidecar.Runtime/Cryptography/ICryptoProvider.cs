namespace Sidecar.Runtime.Cryptography;

/// <summary>Which key is used, and how.</summary>
/// <param name="Key">Name of the key.</param>
/// <param name="Algorithm">As in the JWA standard, with Dapr's additions.</param>
/// <param name="Nonce">Nonce or initialization vector; empty where the algorithm has none.</param>
/// <param name="AssociatedData">What is authenticated beside the message; empty where the algorithm has none.</param>
public sealed record KeyUse(string Key, string Algorithm, ReadOnlyMemory<byte> Nonce = default, ReadOnlyMemory<byte> AssociatedData = default);

/// <summary>An encrypted message, and its tag where the cipher has one.</summary>
public sealed record SealedBytes(byte[] Ciphertext, byte[] Tag);

/// <summary>A public key, and what the provider calls it.</summary>
public sealed record PublicKey(string Name, string Text);

/// <summary>A cryptography component: a vault that works with its keys and never gives away a private one.</summary>
public interface ICryptoProvider : IAsyncDisposable
{
    /// <summary>The public part of an asymmetric key, as PEM or as a JSON Web Key.</summary>
    /// <exception cref="CryptoOperationException">There is no such key, or it has no public part.</exception>
    ValueTask<PublicKey> GetKeyAsync(string name, bool asJson, CancellationToken cancellationToken);

    /// <exception cref="CryptoOperationException">The key or the algorithm does not do that, or the message does not fit.</exception>
    ValueTask<SealedBytes> EncryptAsync(KeyUse use, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken);

    /// <exception cref="CryptoOperationException">As for <see cref="EncryptAsync"/>, or the message was not made with this key.</exception>
    ValueTask<byte[]> DecryptAsync(KeyUse use, ReadOnlyMemory<byte> ciphertext, ReadOnlyMemory<byte> tag, CancellationToken cancellationToken);

    /// <summary>Encrypts a key.</summary>
    /// <exception cref="CryptoOperationException">As for <see cref="EncryptAsync"/>.</exception>
    ValueTask<SealedBytes> WrapKeyAsync(KeyUse use, ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    /// <summary>Decrypts a key.</summary>
    /// <exception cref="CryptoOperationException">As for <see cref="DecryptAsync"/>.</exception>
    ValueTask<byte[]> UnwrapKeyAsync(KeyUse use, ReadOnlyMemory<byte> wrapped, ReadOnlyMemory<byte> tag, CancellationToken cancellationToken);

    /// <summary>Signs a digest that the caller has computed.</summary>
    /// <exception cref="CryptoOperationException">The key or the algorithm does not do that.</exception>
    ValueTask<byte[]> SignAsync(KeyUse use, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken);

    /// <summary>Whether the signature is this key's.</summary>
    /// <exception cref="CryptoOperationException">The key or the algorithm does not do that.</exception>
    ValueTask<bool> VerifyAsync(KeyUse use, ReadOnlyMemory<byte> digest, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken);
}

/// <summary>A provider, or a document, does not allow what was asked.</summary>
public sealed class CryptoOperationException(string message, Exception? inner = null) : Exception(message, inner);
