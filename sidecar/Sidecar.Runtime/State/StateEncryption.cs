using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.State;

/// <summary>
/// What the state API keeps in a store with <c>primaryEncryptionKey</c>: AES-GCM under that key, nonce first, in base64, then <c>||</c> and the name of the secret that holds
/// the key. <c>secondaryEncryptionKey</c> reads what an earlier primary key wrote. Actors and workflows keep theirs as it is. Source: pkg/encryption/state.go.
/// </summary>
internal sealed class StateEncryption
{
    private const string Primary = "primaryEncryptionKey";
    private const string Secondary = "secondaryEncryptionKey";

    private readonly string _storeName;
    private readonly string _primaryName;
    private readonly Dictionary<string, AesGcm> _keys;

    private StateEncryption(string storeName, string primaryName, Dictionary<string, AesGcm> keys)
    {
        _storeName = storeName;
        _primaryName = primaryName;
        _keys = keys;
    }

    /// <summary>The encryption a component asks for; null when it asks for none.</summary>
    /// <exception cref="ResourceException">A key is no secret, or is not 16, 24 or 32 bytes in hexadecimal digits.</exception>
    public static StateEncryption? Of(Component component)
    {
        if (!component.Metadata.ContainsKey(Primary))
            return null;
        var keys = new Dictionary<string, AesGcm>(StringComparer.Ordinal);
        if (component.Metadata.ContainsKey(Secondary))
            keys[NameOf(component, Secondary)] = KeyOf(component, Secondary);
        var primary = NameOf(component, Primary);
        keys[primary] = KeyOf(component, Primary);
        return new StateEncryption(component.Name, primary, keys);
    }

    public byte[] Encrypt(ReadOnlySpan<byte> value)
    {
        var nonce = AesGcm.NonceByteSizes.MaxSize;
        var tag = AesGcm.TagByteSizes.MaxSize;
        var sealedValue = new byte[nonce + value.Length + tag];
        RandomNumberGenerator.Fill(sealedValue.AsSpan(0, nonce));
        _keys[_primaryName].Encrypt(sealedValue.AsSpan(0, nonce), value, sealedValue.AsSpan(nonce, value.Length), sealedValue.AsSpan(nonce + value.Length));
        return Encoding.UTF8.GetBytes($"{Convert.ToBase64String(sealedValue)}||{_primaryName}");
    }

    /// <exception cref="InvalidOperationException">It was not written by <see cref="Encrypt"/>, or its key is not at hand.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> kept)
    {
        var separator = kept.LastIndexOf("||"u8);
        var name = separator < 0 ? "" : Encoding.UTF8.GetString(kept[(separator + 2)..]);
        if (name.Length == 0)
            throw new InvalidOperationException($"could not decrypt data for state store {_storeName}: encryption key name not found on record");
        if (!_keys.TryGetValue(name, out var key))
            throw new InvalidOperationException($"could not decrypt data for state store {_storeName}: encryption key '{name}' is neither its primary nor its secondary one");

        var nonce = AesGcm.NonceByteSizes.MaxSize;
        var tag = AesGcm.TagByteSizes.MaxSize;
        var sealedValue = new byte[Base64.GetMaxDecodedFromUtf8Length(separator)];
        if (Base64.DecodeFromUtf8(kept[..separator], sealedValue, out _, out var length) != System.Buffers.OperationStatus.Done || length < nonce + tag)
            throw new InvalidOperationException($"could not decrypt data for state store {_storeName}: the record is no base64 of an encrypted value");
        var value = new byte[length - nonce - tag];
        try
        {
            key.Decrypt(sealedValue.AsSpan(0, nonce), sealedValue.AsSpan(nonce, value.Length), sealedValue.AsSpan(length - tag, tag), value);
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException($"could not decrypt data for state store {_storeName}: {error.Message}", error);
        }

        return value;
    }

    private static string NameOf(Component component, string entry) => component.SecretNames.TryGetValue(entry, out var name)
        ? name
        : throw Wrong(component, entry, "must be given by secretKeyRef: the name of the secret is written beside each value");

    private static AesGcm KeyOf(Component component, string entry)
    {
        try
        {
            return new AesGcm(Convert.FromHexString(component.Metadata[entry]), AesGcm.TagByteSizes.MaxSize);
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            throw Wrong(component, entry, "must be a key of 16, 24 or 32 bytes in hexadecimal digits");
        }
    }

    private static ResourceException Wrong(Component component, string entry, string problem) =>
        new(component.MetadataLocations.TryGetValue(entry, out var location) ? location : component.Location, entry, problem);
}
