using Sidecar.Components.LocalCryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Tests.Cryptography;

/// <summary>The test case of RFC 7518, appendix B.1.</summary>
public sealed class AesCbcHmacTests
{
    private const string Algorithm = "A128CBC-HS256";
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] s_nonce = Convert.FromHexString("1AF38C2DC2B96FFDD86694092341BC04");

    private static ReadOnlySpan<byte> Plaintext => "A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience"u8;

    private static ReadOnlySpan<byte> Beside => "The second principle of Auguste Kerckhoffs"u8;

    [Fact]
    public void What_the_standard_says_comes_out()
    {
        var made = AesCbcHmac.Encrypt(s_key, Algorithm, Plaintext, s_nonce, Beside);

        Assert.StartsWith("C80EDFA32DDF39D5EF00C0B468834279", Convert.ToHexString(made.Ciphertext), StringComparison.Ordinal);
        Assert.Equal("652C3FA36B0A7C5B3219FAB3A30BC1C4", Convert.ToHexString(made.Tag));
        Assert.Equal(Plaintext, AesCbcHmac.Decrypt(s_key, Algorithm, made.Ciphertext, made.Tag, s_nonce, Beside));
    }

    [Fact]
    public void What_stands_beside_the_message_must_be_the_same()
    {
        var made = AesCbcHmac.Encrypt(s_key, Algorithm, Plaintext, s_nonce, Beside);

        Assert.Throws<CryptoOperationException>(() => AesCbcHmac.Decrypt(s_key, Algorithm, made.Ciphertext, made.Tag, s_nonce, "another"u8));
    }
}
