using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>What a symmetric key does, by the names of JWA and Dapr's additions. XChaCha20 is not among it: .NET has none.</summary>
internal static class SymmetricCiphers
{
    private const int TagSize = 16;
    private const int AeadNonceSize = 12;
    private const int BlockSize = 16;

    public static SealedBytes Encrypt(byte[] key, KeyUse use, ReadOnlySpan<byte> plaintext) => Check(use, key.Length) switch
    {
        Family.KeyWrap => new SealedBytes(AesKeyWrap.Wrap(key, plaintext), []),
        Family.Cbc => new SealedBytes(EncryptCbc(key, use, plaintext, PaddingMode.PKCS7), []),
        Family.CbcUnpadded => new SealedBytes(EncryptCbc(key, use, plaintext, PaddingMode.None), []),
        Family.CbcHmac => AesCbcHmac.Encrypt(key, use.Algorithm, plaintext, use.Nonce.Span, use.AssociatedData.Span),
        Family.Gcm => EncryptGcm(key, use, plaintext),
        _ => EncryptChaCha(key, use, plaintext),
    };

    public static byte[] Decrypt(byte[] key, KeyUse use, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag) => Check(use, key.Length) switch
    {
        Family.KeyWrap => AesKeyWrap.Unwrap(key, ciphertext),
        Family.Cbc => DecryptCbc(key, use, ciphertext, PaddingMode.PKCS7),
        Family.CbcUnpadded => DecryptCbc(key, use, ciphertext, PaddingMode.None),
        Family.CbcHmac => AesCbcHmac.Decrypt(key, use.Algorithm, ciphertext, tag, use.Nonce.Span, use.AssociatedData.Span),
        Family.Gcm => DecryptGcm(key, use, ciphertext, tag),
        _ => DecryptChaCha(key, use, ciphertext, tag),
    };

    private static byte[] EncryptCbc(byte[] key, KeyUse use, ReadOnlySpan<byte> plaintext, PaddingMode padding)
    {
        if (padding == PaddingMode.None && plaintext.Length % BlockSize != 0)
            throw new CryptoOperationException("invalid plaintext length");
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptCbc(plaintext, use.Nonce.Span, padding);
    }

    private static byte[] DecryptCbc(byte[] key, KeyUse use, ReadOnlySpan<byte> ciphertext, PaddingMode padding)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(ciphertext, use.Nonce.Span, padding);
    }

    private static SealedBytes EncryptGcm(byte[] key, KeyUse use, ReadOnlySpan<byte> plaintext)
    {
        var made = new SealedBytes(new byte[plaintext.Length], new byte[TagSize]);
        using var gcm = new AesGcm(key, TagSize);
        gcm.Encrypt(use.Nonce.Span, plaintext, made.Ciphertext, made.Tag, use.AssociatedData.Span);
        return made;
    }

    private static byte[] DecryptGcm(byte[] key, KeyUse use, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        Expect(tag.Length, TagSize, "tag");
        var plaintext = new byte[ciphertext.Length];
        using var gcm = new AesGcm(key, TagSize);
        gcm.Decrypt(use.Nonce.Span, ciphertext, tag, plaintext, use.AssociatedData.Span);
        return plaintext;
    }

    private static SealedBytes EncryptChaCha(byte[] key, KeyUse use, ReadOnlySpan<byte> plaintext)
    {
        var made = new SealedBytes(new byte[plaintext.Length], new byte[TagSize]);
        using var chaCha = new ChaCha20Poly1305(key);
        chaCha.Encrypt(use.Nonce.Span, plaintext, made.Ciphertext, made.Tag, use.AssociatedData.Span);
        return made;
    }

    private static byte[] DecryptChaCha(byte[] key, KeyUse use, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        Expect(tag.Length, TagSize, "tag");
        var plaintext = new byte[ciphertext.Length];
        using var chaCha = new ChaCha20Poly1305(key);
        chaCha.Decrypt(use.Nonce.Span, ciphertext, tag, plaintext, use.AssociatedData.Span);
        return plaintext;
    }

    private static Family Check(KeyUse use, int keySize)
    {
        var (family, size) = use.Algorithm switch
        {
            "A128KW" => (Family.KeyWrap, 16),
            "A192KW" => (Family.KeyWrap, 24),
            "A256KW" => (Family.KeyWrap, 32),
            "A128CBC" => (Family.Cbc, 16),
            "A192CBC" => (Family.Cbc, 24),
            "A256CBC" => (Family.Cbc, 32),
            "A128CBC-NOPAD" => (Family.CbcUnpadded, 16),
            "A192CBC-NOPAD" => (Family.CbcUnpadded, 24),
            "A256CBC-NOPAD" => (Family.CbcUnpadded, 32),
            "A128GCM" => (Family.Gcm, 16),
            "A192GCM" => (Family.Gcm, 24),
            "A256GCM" => (Family.Gcm, 32),
            "A128CBC-HS256" => (Family.CbcHmac, 32),
            "A192CBC-HS384" => (Family.CbcHmac, 48),
            "A256CBC-HS512" => (Family.CbcHmac, 64),
            "C20P" or "C20PKW" => (Family.ChaCha, 32),
            _ => throw new CryptoOperationException("unsupported algorithm"),
        };
        if (keySize != size)
            throw new CryptoOperationException("key type mismatch");
        if (family != Family.KeyWrap)
            Expect(use.Nonce.Length, family is Family.Gcm or Family.ChaCha ? AeadNonceSize : BlockSize, "nonce");
        return family;
    }

    private static void Expect(int length, int size, string what)
    {
        if (length != size)
            throw new CryptoOperationException($"invalid {what}");
    }

    private enum Family
    {
        KeyWrap,
        Cbc,
        CbcUnpadded,
        CbcHmac,
        Gcm,
        ChaCha,
    }
}
