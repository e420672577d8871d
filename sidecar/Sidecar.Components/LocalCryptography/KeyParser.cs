using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Reads keys as Dapr does (dapr/kit: crypto/keys.go): JSON Web Keys, PEM, or the bytes of a symmetric key, in Base64 or bare.</summary>
internal static class KeyParser
{
    /// <summary>Reads a key whose form its first bytes tell, unless the name of its file does.</summary>
    /// <exception cref="CryptoOperationException">It is no key.</exception>
    public static LocalKey Parse(byte[] bytes, string extension = "")
    {
        if (bytes.Length == 0)
            throw new CryptoOperationException("key is empty");
        return extension.ToUpperInvariant() switch
        {
            ".JSON" => ParseJson(bytes),
            ".PEM" => ParsePem(bytes),
            _ when bytes[0] == '{' && bytes.Length is not (16 or 24 or 32) => ParseJson(bytes),
            _ when bytes.Length > 10 && bytes.AsSpan().StartsWith("-----"u8) => ParsePem(bytes),
            _ => new LocalKey { Secret = Decode(bytes) },
        };
    }

    /// <summary>Reads the keys of a JSON Web Key Set by their ids; what has none cannot be asked for.</summary>
    /// <exception cref="CryptoOperationException">It is no key set.</exception>
    public static IReadOnlyDictionary<string, LocalKey> ParseSet(ReadOnlySpan<byte> json) => Guarded(json, root =>
    {
        var keys = new Dictionary<string, LocalKey>(StringComparer.Ordinal);
        foreach (var key in root.GetProperty("keys").EnumerateArray().Select(Key).Where(key => key.Id.Length > 0))
            keys[key.Id] = key;
        return keys;
    });

    private static LocalKey ParseJson(byte[] json) => Guarded(json, Key);

    private static T Guarded<T>(ReadOnlySpan<byte> json, Func<JsonElement, T> read)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CryptoOperationException($"failed to parse key from secret: {error.Message}", error);
        }
    }

    private static LocalKey Key(JsonElement jwk)
    {
        var key = new LocalKey
        {
            Id = Text("kid"),
            Usage = Text("use"),
            Algorithm = Text("alg"),
            Operations = jwk.TryGetProperty("key_ops", out var operations) ? [.. operations.EnumerateArray().Select(operation => operation.GetString()!)] : [],
        };
        return jwk.GetProperty("kty").GetString() switch
        {
            "oct" => key with { Secret = Bytes("k") },
            "RSA" => key with
            {
                Rsa = new RSAParameters
                {
                    Modulus = Bytes("n"),
                    Exponent = Bytes("e"),
                    D = Bytes("d"),
                    P = Bytes("p"),
                    Q = Bytes("q"),
                    DP = Bytes("dp"),
                    DQ = Bytes("dq"),
                    InverseQ = Bytes("qi"),
                },
            },
            "EC" => key with { Curve = new ECParameters { Curve = KeyCurves.Named(Text("crv")), Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") }, D = Bytes("d") } },
            var other => throw new CryptoOperationException($"failed to parse key from secret: keys of type '{other}' are not supported"),
        };

        string Text(string name) => jwk.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

        byte[]? Bytes(string name) => Text(name) is { Length: > 0 } text ? Base64Url.DecodeFromChars(text) : null;
    }

    private static LocalKey ParsePem(byte[] bytes)
    {
        var pem = Encoding.ASCII.GetString(bytes);
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new LocalKey { Rsa = rsa.ExportParameters(pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) };
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            // The label does not always tell: it may be the other kind.
        }

        try
        {
            using var curve = ECDsa.Create();
            curve.ImportFromPem(pem);
            return new LocalKey { Curve = curve.ExportParameters(pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) };
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw new CryptoOperationException($"failed to parse key from secret: {error.Message}", error);
        }
    }

    private static byte[] Decode(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes).TrimEnd('=');
        // Either alphabet; what is in neither is the key itself.
        var url = text.Replace('+', '-').Replace('/', '_');
        if (text.AsSpan().ContainsAny('+', '/') && text.AsSpan().ContainsAny('-', '_'))
            return bytes;
        return Base64Url.IsValid(url) && !url.Any(char.IsWhiteSpace) ? Base64Url.DecodeFromChars(url) : bytes;
    }
}
