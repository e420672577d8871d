using System.Security.Cryptography;
using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>A key that this process holds: symmetric, RSA or elliptic curve.</summary>
internal sealed record LocalKey
{
    /// <summary>Bytes of a symmetric key.</summary>
    public byte[]? Secret { get; init; }

    /// <summary>An RSA key; private parts may be missing.</summary>
    public RSAParameters? Rsa { get; init; }

    /// <summary>A key on an elliptic curve; the private part may be missing.</summary>
    public ECParameters? Curve { get; init; }

    /// <summary>Its id, as a JSON Web Key says it; may be empty.</summary>
    public string Id { get; init; } = "";

    /// <summary><c>sig</c>, <c>enc</c>, or empty for both.</summary>
    public string Usage { get; init; } = "";

    /// <summary>What it may do, as in <c>key_ops</c>; nothing for everything.</summary>
    public IReadOnlyList<string> Operations { get; init; } = [];

    /// <summary>The one algorithm it may be used with; empty for all.</summary>
    public string Algorithm { get; init; } = "";

    /// <exception cref="CryptoOperationException">The key says that it is not for that.</exception>
    public LocalKey Allowing(string operation, string algorithm)
    {
        var usage = operation is "sign" or "verify" ? "sig" : "enc";
        if ((Operations.Count > 0 && !Operations.Contains(operation)) || (Usage.Length > 0 && Usage != usage))
            throw new CryptoOperationException($"key cannot perform the '{operation}' operation");
        return Algorithm.Length == 0 || Algorithm == algorithm ? this : throw new CryptoOperationException($"key cannot be used with algorithm '{algorithm}'");
    }
}
