using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>The curves of JSON Web Keys.</summary>
internal static class KeyCurves
{
    private static readonly (string Name, ECCurve Curve)[] s_curves = [("P-256", ECCurve.NamedCurves.nistP256), ("P-384", ECCurve.NamedCurves.nistP384), ("P-521", ECCurve.NamedCurves.nistP521)];

    /// <exception cref="CryptoOperationException">There is no such curve here.</exception>
    public static ECCurve Named(string name) => Array.Find(s_curves, curve => curve.Name == name) is { Name: not null } known
        ? known.Curve
        : throw new CryptoOperationException($"failed to parse key from secret: curve '{name}' is not supported");

    public static string NameOf(ECCurve curve) => s_curves.First(known => known.Curve.Oid.Value == curve.Oid.Value || known.Curve.Oid.FriendlyName == curve.Oid.FriendlyName).Name;
}
