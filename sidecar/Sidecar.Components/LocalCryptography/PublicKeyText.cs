using System.Buffers.Text;
using System.Text.Json;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Writes the public part of a key.</summary>
internal static class PublicKeyText
{
    /// <exception cref="CryptoOperationException">A symmetric key has no public part: it is as if there were none.</exception>
    public static string Pem(LocalKey key)
    {
        if (key.Rsa is not null)
        {
            using var rsa = AsymmetricKeys.RsaOf(key);
            return rsa.ExportSubjectPublicKeyInfoPem() + "\n";
        }

        using var curve = key.Curve is not null ? AsymmetricKeys.CurveOf(key) : throw NotFound();
        return curve.ExportSubjectPublicKeyInfoPem() + "\n";
    }

    /// <inheritdoc cref="Pem"/>
    public static string Json(LocalKey key)
    {
        var members = new SortedDictionary<string, object>(StringComparer.Ordinal);
        if (key.Rsa is { } rsa)
            (members["kty"], members["n"], members["e"]) = ("RSA", Text(rsa.Modulus!), Text(rsa.Exponent!));
        else if (key.Curve is { } curve)
            (members["kty"], members["crv"], members["x"], members["y"]) = ("EC", KeyCurves.NameOf(curve.Curve), Text(curve.Q.X!), Text(curve.Q.Y!));
        else
            throw NotFound();
        Add("kid", key.Id);
        Add("use", key.Usage);
        Add("alg", key.Algorithm);
        return JsonSerializer.Serialize(members);

        void Add(string name, string value)
        {
            if (value.Length > 0)
                members[name] = value;
        }
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static CryptoOperationException NotFound() => new("key not found");
}
