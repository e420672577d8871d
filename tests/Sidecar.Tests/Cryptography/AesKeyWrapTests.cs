using Sidecar.Components.LocalCryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Tests.Cryptography;

/// <summary>The test vectors of RFC 3394, section 4; the key encryption key is 00, 01, 02 and so on.</summary>
public sealed class AesKeyWrapTests
{
    private const string Key = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";

    [Theory]
    [InlineData(16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData(24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D")]
    [InlineData(32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData(24, 24, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2")]
    [InlineData(32, 24, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1")]
    [InlineData(32, 32, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void A_key_is_wrapped_and_unwrapped_as_the_standard_says(int encryptionKeySize, int keySize, string wrapped)
    {
        byte[] encryptionKey = [.. Enumerable.Range(0, encryptionKeySize).Select(i => (byte)i)];
        var key = Convert.FromHexString(Key)[..keySize];

        Assert.Equal(wrapped, Convert.ToHexString(AesKeyWrap.Wrap(encryptionKey, key)));
        Assert.Equal(key, AesKeyWrap.Unwrap(encryptionKey, Convert.FromHexString(wrapped)));
    }

    [Fact]
    public void What_was_changed_or_wrapped_by_another_is_not_unwrapped()
    {
        var wrapped = AesKeyWrap.Wrap(new byte[32], new byte[32]);
        var changed = wrapped.ToArray();
        changed[^1] ^= 1;

        Assert.Throws<CryptoOperationException>(() => AesKeyWrap.Unwrap(new byte[32], changed));
        Assert.Throws<CryptoOperationException>(() => AesKeyWrap.Unwrap([.. new byte[31], 1], wrapped));
        Assert.Throws<CryptoOperationException>(() => AesKeyWrap.Unwrap(new byte[32], wrapped.AsSpan(0, 23)));
        Assert.Throws<CryptoOperationException>(() => AesKeyWrap.Wrap(new byte[32], new byte[12]));
    }
}
