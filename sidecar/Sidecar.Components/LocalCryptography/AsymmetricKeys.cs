using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>What RSA keys and keys on elliptic curves do, by the names of JWA. Digests are the caller's. Ed25519 is not among it: .NET has none.</summary>
internal static class AsymmetricKeys
{
    /// <summary>Whether the algorithm encrypts with a public key.</summary>
    public static bool Encrypts(string algorithm) => algorithm is "RSA1_5" or "RSA-OAEP" or "RSA-OAEP-256" or "RSA-OAEP-384" or "RSA-OAEP-512";

    public static byte[] Encrypt(LocalKey key, KeyUse use, ReadOnlySpan<byte> plaintext)
    {
        using var rsa = RsaOf(key);
        return rsa.Encrypt(plaintext, PaddingOf(use));
    }

    public static byte[] Decrypt(LocalKey key, KeyUse use, ReadOnlySpan<byte> ciphertext)
    {
        using var rsa = RsaOf(key);
        return rsa.Decrypt(ciphertext, PaddingOf(use));
    }

    public static byte[] Sign(LocalKey key, string algorithm, ReadOnlySpan<byte> digest)
    {
        if (IsOfCurves(algorithm))
        {
            using var curve = CurveOf(key);
            return curve.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        }

        var padding = SignaturePaddingOf(algorithm);
        using var rsa = RsaOf(key);
        return rsa.SignHash(digest, HashOf(algorithm), padding);
    }

    public static bool Verify(LocalKey key, string algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (IsOfCurves(algorithm))
        {
            using var curve = CurveOf(key);
            return curve.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
        }

        var padding = SignaturePaddingOf(algorithm);
        using var rsa = RsaOf(key);
        return rsa.VerifyHash(digest, signature, HashOf(algorithm), padding);
    }

    /// <summary>The key for the operations of its kind.</summary>
    /// <exception cref="CryptoOperationException">It is of another kind.</exception>
    public static RSA RsaOf(LocalKey key) => key.Rsa is { } parameters ? RSA.Create(parameters) : throw new CryptoOperationException("key type mismatch");

    /// <inheritdoc cref="RsaOf"/>
    public static ECDsa CurveOf(LocalKey key) => key.Curve is { } parameters ? ECDsa.Create(parameters) : throw new CryptoOperationException("key type mismatch");

    private static bool IsOfCurves(string algorithm) => algorithm is "ES256" or "ES384" or "ES512";

    private static RSAEncryptionPadding PaddingOf(KeyUse use)
    {
        if (use.AssociatedData.Length > 0)
            throw new CryptoOperationException("RSA-OAEP with associated data is not supported");
        return use.Algorithm switch
        {
            "RSA1_5" => RSAEncryptionPadding.Pkcs1,
            "RSA-OAEP" => RSAEncryptionPadding.OaepSHA1,
            "RSA-OAEP-256" => RSAEncryptionPadding.OaepSHA256,
            "RSA-OAEP-384" => RSAEncryptionPadding.OaepSHA384,
            _ => RSAEncryptionPadding.OaepSHA512,
        };
    }

    private static RSASignaturePadding SignaturePaddingOf(string algorithm) => algorithm switch
    {
        "RS256" or "RS384" or "RS512" => RSASignaturePadding.Pkcs1,
        "PS256" or "PS384" or "PS512" => RSASignaturePadding.Pss,
        _ => throw new CryptoOperationException("unsupported algorithm"),
    };

    private static HashAlgorithmName HashOf(string algorithm) => algorithm[^3..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
