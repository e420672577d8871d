using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sidecar.Runtime.Cryptography.Scheme;

/// <summary>The key of one document: one key derived from it signs the header, another encrypts the segments.</summary>
internal sealed class FileKey : IDisposable
{
    public const int Size = 32;
    public const int NoncePrefixSize = 7;
    public const int TagSize = 16;
    private const int NonceSize = 12;

    private readonly byte[] _headerKey;
    private readonly byte[] _noncePrefix;
    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;

    public FileKey(ReadOnlySpan<byte> key, byte[] noncePrefix, DocumentCipher cipher)
    {
        var bytes = key.ToArray();
        _noncePrefix = noncePrefix;
        _headerKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, Size, info: "header"u8.ToArray());
        var payloadKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, Size, noncePrefix, "payload"u8.ToArray());
        if (cipher == DocumentCipher.AesGcm)
            _aes = new AesGcm(payloadKey, TagSize);
        else
            _chaCha = new ChaCha20Poly1305(payloadKey);
    }

    /// <summary>The MAC of a header: of its first two lines.</summary>
    public byte[] Sign(ReadOnlySpan<byte> lines) => HMACSHA256.HashData(_headerKey, lines);

    /// <summary>Encrypts a segment; its tag follows it.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, uint number, bool isLast)
    {
        var segment = new byte[plaintext.Length + TagSize];
        var ciphertext = segment.AsSpan(0, plaintext.Length);
        var tag = segment.AsSpan(plaintext.Length);
        Span<byte> nonce = stackalloc byte[NonceSize];
        Nonce(nonce, number, isLast);
        if (_aes is not null)
            _aes.Encrypt(nonce, plaintext, ciphertext, tag);
        else
            _chaCha!.Encrypt(nonce, plaintext, ciphertext, tag);
        return segment;
    }

    /// <summary>Decrypts a segment.</summary>
    /// <exception cref="CryptoOperationException">It was changed, moved, or cut.</exception>
    public byte[] Open(ReadOnlySpan<byte> segment, uint number, bool isLast)
    {
        var problem = $"error processing segment {number}: failed to decrypt segment";
        if (segment.Length < TagSize)
            throw new CryptoOperationException(problem);
        var plaintext = new byte[segment.Length - TagSize];
        Span<byte> nonce = stackalloc byte[NonceSize];
        Nonce(nonce, number, isLast);
        try
        {
            if (_aes is not null)
                _aes.Decrypt(nonce, segment[..plaintext.Length], segment[plaintext.Length..], plaintext);
            else
                _chaCha!.Decrypt(nonce, segment[..plaintext.Length], segment[plaintext.Length..], plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw new CryptoOperationException(problem, error);
        }
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
        CryptographicOperations.ZeroMemory(_headerKey);
    }

    private void Nonce(Span<byte> nonce, uint number, bool isLast)
    {
        _noncePrefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[NoncePrefixSize..], number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
