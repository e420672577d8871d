using System.Buffers.Binary;
using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>AES-CBC with an HMAC over it, as RFC 7518 puts them together: the first half of the key signs, the second half encrypts.</summary>
internal static class AesCbcHmac
{
    public static SealedBytes Encrypt(byte[] key, string algorithm, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        using var aes = Create(key);
        var ciphertext = aes.EncryptCbc(plaintext, nonce);
        return new SealedBytes(ciphertext, Tag(key, algorithm, ciphertext, nonce, associatedData));
    }

    /// <exception cref="CryptoOperationException">The tag is another.</exception>
    public static byte[] Decrypt(byte[] key, string algorithm, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        if (!CryptographicOperations.FixedTimeEquals(tag, Tag(key, algorithm, ciphertext, nonce, associatedData)))
            throw new CryptoOperationException("message authentication failed");
        using var aes = Create(key);
        return aes.DecryptCbc(ciphertext, nonce);
    }

    private static Aes Create(byte[] key)
    {
        var aes = Aes.Create();
        aes.Key = key[(key.Length / 2)..];
        return aes;
    }

    private static byte[] Tag(byte[] key, string algorithm, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)associatedData.Length * 8);
        byte[] message = [.. associatedData, .. nonce, .. ciphertext, .. length];
        var secret = key.AsSpan(0, key.Length / 2);
        var mac = algorithm switch
        {
            "A128CBC-HS256" => HMACSHA256.HashData(secret, message),
            "A192CBC-HS384" => HMACSHA384.HashData(secret, message),
            _ => HMACSHA512.HashData(secret, message),
        };
        return mac[..(mac.Length / 2)];
    }
}
