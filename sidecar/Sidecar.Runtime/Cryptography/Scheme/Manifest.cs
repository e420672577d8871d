using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecar.Runtime.Cryptography.Scheme;

/// <summary>The second line of a document: what is needed to read it, except the key.</summary>
/// <param name="KeyName">Key that unwraps the file key; null when the reader has to know.</param>
/// <param name="Algorithm">How the file key is wrapped.</param>
/// <param name="WrappedKey">The wrapped file key.</param>
/// <param name="Cipher">How the segments are encrypted.</param>
/// <param name="NoncePrefix">Seven bytes that the nonces of all segments begin with.</param>
internal sealed record Manifest(
    [property: JsonPropertyName("k"), JsonPropertyOrder(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? KeyName,
    [property: JsonPropertyName("kw"), JsonPropertyOrder(2)] KeyWrapAlgorithm Algorithm,
    [property: JsonPropertyName("wfk"), JsonPropertyOrder(3)] byte[] WrappedKey,
    [property: JsonPropertyName("cph"), JsonPropertyOrder(4)] DocumentCipher Cipher,
    [property: JsonPropertyName("np"), JsonPropertyOrder(5)] byte[] NoncePrefix)
{
    // Base64 has a plus sign, which the default encoder would write as an escape.
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="CryptoOperationException">It is no manifest; what is wrong with it is not told.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonSerializer.Deserialize<Manifest>(json, s_json) is { WrappedKey.Length: > 0, NoncePrefix.Length: FileKey.NoncePrefixSize } manifest
                && Enum.IsDefined(manifest.Algorithm) && Enum.IsDefined(manifest.Cipher))
                return manifest;
        }
        catch (JsonException)
        {
            // Answered below, as all that is wrong.
        }

        throw new CryptoOperationException("invalid header: invalid manifest");
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);
}
