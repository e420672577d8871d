using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>What a symmetric key does, by the names of JWA and Dapr's additions. XChaCha20 is not among it: .NET has none.</summary>
internal static class SymmetricCiphers
{
    private const int TagSize = 16;
    private const int AeadNonceSize = 12;
    private const int BlockSize = 16;

    public static SealedBytes Encrypt(byte[] key, KeyUse use, ReadOnlySpan<byte> plaintext)
    {
        var (nonce, data) = (use.Nonce.Span, use.AssociatedData.Span);
        switch (Check(use.Algorithm, key.Length))
        {
            case Family.KeyWrap:
                return new SealedBytes(AesKeyWrap.Wrap(key, plaintext), []);
            case Family.Cbc:
            {
                using var aes = Cbc(key, nonce);
                return new SealedBytes(aes.EncryptCbc(plaintext, nonce), []);
            }

            case Family.CbcUnpadded:
            {
                using var aes = Cbc(key, nonce);
                return plaintext.Length % BlockSize == 0
                    ? new SealedBytes(aes.EncryptCbc(plaintext, nonce, PaddingMode.None), [])
                    : throw new CryptoOperationException("invalid plaintext length");
            }

            case Family.CbcHmac:
                Expect(nonce, BlockSize, "nonce");
                return AesCbcHmac.Encrypt(key, use.Algorithm, plaintext, nonce, data);
            case var family:
            {
                Expect(nonce, AeadNonceSize, "nonce");
                var made = new SealedBytes(new byte[plaintext.Length], new byte[TagSize]);
                if (family == Family.Gcm)
                {
                    using var gcm = new AesGcm(key, TagSize);
                    gcm.Encrypt(nonce, plaintext, made.Ciphertext, made.Tag, data);
                }
                else
                {
                    using var chaCha = new ChaCha20Poly1305(key);
                    chaCha.Encrypt(nonce, plaintext, made.Ciphertext, made.Tag, data);
                }

                return made;
            }
        }
    }

    public static byte[] Decrypt(byte[] key, KeyUse use, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        var (nonce, data) = (use.Nonce.Span, use.AssociatedData.Span);
        switch (Check(use.Algorithm, key.Length))
        {
            case Family.KeyWrap:
                return AesKeyWrap.Unwrap(key, ciphertext);
            case Family.Cbc:
            {
                using var aes = Cbc(key, nonce);
                return aes.DecryptCbc(ciphertext, nonce);
            }

            case Family.CbcUnpadded:
            {
                using var aes = Cbc(key, nonce);
                return aes.DecryptCbc(ciphertext, nonce, PaddingMode.None);
            }

            case Family.CbcHmac:
                Expect(nonce, BlockSize, "nonce");
                return AesCbcHmac.Decrypt(key, use.Algorithm, ciphertext, tag, nonce, data);
            case var family:
            {
                Expect(nonce, AeadNonceSize, "nonce");
                Expect(tag, TagSize, "tag");
                var plaintext = new byte[ciphertext.Length];
                if (family == Family.Gcm)
                {
                    using var gcm = new AesGcm(key, TagSize);
                    gcm.Decrypt(nonce, ciphertext, tag, plaintext, data);
                }
                else
                {
                    using var chaCha = new ChaCha20Poly1305(key);
                    chaCha.Decrypt(nonce, ciphertext, tag, plaintext, data);
                }

                return plaintext;
            }
        }
    }

    private static Family Check(string algorithm, int keySize)
    {
        var (family, size) = algorithm switch
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
        return keySize == size ? family : throw new CryptoOperationException("key type mismatch");
    }

    private static Aes Cbc(byte[] key, ReadOnlySpan<byte> nonce)
    {
        Expect(nonce, BlockSize, "nonce");
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }

    private static void Expect(ReadOnlySpan<byte> bytes, int size, string what)
    {
        if (bytes.Length != size)
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
