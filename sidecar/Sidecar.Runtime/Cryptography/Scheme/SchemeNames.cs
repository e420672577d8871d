namespace Sidecar.Runtime.Cryptography.Scheme;

/// <summary>How the file key of a document is wrapped; the numbers are the manifest's.</summary>
internal enum KeyWrapAlgorithm
{
    A256KW = 1,
    A128CbcNoPad = 2,
    A192CbcNoPad = 3,
    A256CbcNoPad = 4,
    RsaOaep256 = 5,
}

/// <summary>How the segments of a document are encrypted; the numbers are the manifest's.</summary>
internal enum DocumentCipher
{
    AesGcm = 1,
    ChaCha20Poly1305 = 2,
}

/// <summary>The names of both as callers write them, in any case.</summary>
internal static class SchemeNames
{
    private static readonly Dictionary<KeyWrapAlgorithm, string> s_names = new()
    {
        [KeyWrapAlgorithm.A256KW] = "A256KW",
        [KeyWrapAlgorithm.A128CbcNoPad] = "A128CBC-NOPAD",
        [KeyWrapAlgorithm.A192CbcNoPad] = "A192CBC-NOPAD",
        [KeyWrapAlgorithm.A256CbcNoPad] = "A256CBC-NOPAD",
        [KeyWrapAlgorithm.RsaOaep256] = "RSA-OAEP-256",
    };

    /// <summary>The name that a provider knows.</summary>
    public static string NameOf(KeyWrapAlgorithm algorithm) => s_names[algorithm];

    /// <exception cref="CryptoOperationException">There is no such algorithm.</exception>
    public static KeyWrapAlgorithm ParseAlgorithm(string text)
    {
        var name = text.ToUpperInvariant() switch
        {
            "AES" => "A256KW",
            "RSA" => "RSA-OAEP-256",
            var other => other,
        };
        return s_names.FirstOrDefault(entry => entry.Value == name) is { Value: not null } known
            ? known.Key
            : throw new CryptoOperationException($"option Algorithm is not valid: algorithm {name} is not supported");
    }

    /// <summary>AES-GCM unless something else is asked for.</summary>
    /// <exception cref="CryptoOperationException">There is no such cipher.</exception>
    public static DocumentCipher ParseCipher(string text) => text.ToUpperInvariant() switch
    {
        "" or "AES-GCM" => DocumentCipher.AesGcm,
        "CHACHA20-POLY1305" => DocumentCipher.ChaCha20Poly1305,
        var other => throw new CryptoOperationException($"option Cipher is not valid: cipher {other} is not supported"),
    };
}
