using System.Buffers.Binary;
using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>The AES key wrap of RFC 3394: six rounds over all blocks of eight bytes, with a constant that tells whether it came out right.</summary>
internal static class AesKeyWrap
{
    private const int Block = 8;
    private const int Rounds = 6;
    private const ulong Constant = 0xA6A6A6A6A6A6A6A6;

    /// <exception cref="CryptoOperationException">The key is no multiple of eight bytes, or shorter than sixteen.</exception>
    public static byte[] Wrap(byte[] encryptionKey, ReadOnlySpan<byte> key)
    {
        if (key.Length % Block != 0 || key.Length < 2 * Block)
            throw new CryptoOperationException("invalid plaintext length");
        using var aes = Create(encryptionKey);
        var wrapped = new byte[Block + key.Length];
        key.CopyTo(wrapped.AsSpan(Block));
        var blocks = key.Length / Block;
        var integrity = Constant;
        Span<byte> both = stackalloc byte[2 * Block];
        for (var step = 1; step <= Rounds * blocks; step++)
        {
            var register = wrapped.AsSpan(((step - 1) % blocks + 1) * Block, Block);
            BinaryPrimitives.WriteUInt64BigEndian(both, integrity);
            register.CopyTo(both[Block..]);
            aes.EncryptEcb(both, both, PaddingMode.None);
            integrity = BinaryPrimitives.ReadUInt64BigEndian(both) ^ (ulong)step;
            both[Block..].CopyTo(register);
        }

        BinaryPrimitives.WriteUInt64BigEndian(wrapped, integrity);
        return wrapped;
    }

    /// <exception cref="CryptoOperationException">It was not wrapped with this key.</exception>
    public static byte[] Unwrap(byte[] encryptionKey, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length % Block != 0 || wrapped.Length < 3 * Block)
            throw new CryptoOperationException("invalid ciphertext length");
        using var aes = Create(encryptionKey);
        var key = wrapped[Block..].ToArray();
        var blocks = key.Length / Block;
        var integrity = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        Span<byte> both = stackalloc byte[2 * Block];
        for (var step = Rounds * blocks; step > 0; step--)
        {
            var register = key.AsSpan((step - 1) % blocks * Block, Block);
            BinaryPrimitives.WriteUInt64BigEndian(both, integrity ^ (ulong)step);
            register.CopyTo(both[Block..]);
            aes.DecryptEcb(both, both, PaddingMode.None);
            integrity = BinaryPrimitives.ReadUInt64BigEndian(both);
            both[Block..].CopyTo(register);
        }

        return integrity == Constant ? key : throw new CryptoOperationException("the key was wrapped with another key");
    }

    private static Aes Create(byte[] key)
    {
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }
}
