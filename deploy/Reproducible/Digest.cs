using System.Security.Cryptography;

namespace Reproducible;

/// <summary>How OCI names a piece of content: by its SHA-256.</summary>
public static class Digest
{
    private const string Algorithm = "sha256:";

    /// <summary>Where an archive keeps all content, each file under its digest without the algorithm.</summary>
    public const string Folder = "blobs/sha256/";

    /// <summary>The digest of content.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Algorithm + Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Where an archive keeps the content of a digest.</summary>
    public static string PathOf(string digest) => digest.StartsWith(Algorithm, StringComparison.Ordinal)
        ? Folder + digest[Algorithm.Length..]
        : throw new InvalidDataException($"the digest {digest} is not one of SHA-256");
}
