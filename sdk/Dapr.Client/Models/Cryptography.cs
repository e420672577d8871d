using System.Runtime.Serialization;

namespace Dapr.Client;

/// <summary>How the segments of a document are encrypted.</summary>
public enum DataEncryptionCipher
{
    /// <summary>AES-GCM.</summary>
    [EnumMember(Value = "aes-gcm")]
    AesGcm,

    /// <summary>ChaCha20-Poly1305, for machines without AES instructions.</summary>
    [EnumMember(Value = "chacha20-poly1305")]
    ChaCha20Poly1305,
}

/// <summary>How the key of a document is wrapped.</summary>
public enum KeyWrapAlgorithm
{
    /// <summary>AES key wrap with a key of 256 bits.</summary>
    [EnumMember(Value = "A256KW")]
    Aes,

    /// <summary>AES key wrap with a key of 256 bits.</summary>
    [EnumMember(Value = "A256KW")]
    A256kw,

    /// <summary>AES-CBC with a key of 128 bits.</summary>
    [EnumMember(Value = "A128CBC")]
    A128cbc,

    /// <summary>AES-CBC with a key of 192 bits.</summary>
    [EnumMember(Value = "A192CBC")]
    A192cbc,

    /// <summary>AES-CBC with a key of 256 bits.</summary>
    [EnumMember(Value = "A256CBC")]
    A256cbc,

    /// <summary>RSA-OAEP with SHA-256.</summary>
    [EnumMember(Value = "RSA-OAEP-256")]
    Rsa,

    /// <summary>RSA-OAEP with SHA-256.</summary>
    [EnumMember(Value = "RSA-OAEP-256")]
    RsaOaep256,
}

/// <summary>How something is encrypted.</summary>
public class EncryptionOptions
{
    private int streamingBlockSizeInBytes = DecryptionOptions.DefaultBlockSize;

    /// <summary>With AES-GCM, and the key named that encrypts.</summary>
    public EncryptionOptions(KeyWrapAlgorithm keyWrapAlgorithm)
    {
        KeyWrapAlgorithm = keyWrapAlgorithm;
    }

    /// <summary>How the key of the document is wrapped; it must suit the vault's key.</summary>
    public KeyWrapAlgorithm KeyWrapAlgorithm { get; set; }

    /// <summary>Bytes that are sent to the sidecar at once.</summary>
    public int StreamingBlockSizeInBytes
    {
        get => streamingBlockSizeInBytes;
        set => streamingBlockSizeInBytes = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A block has at least one byte.");
    }

    /// <summary>Key that decrypts, where it has another name than the one that encrypts.</summary>
    public string? DecryptionKeyName { get; set; }

    /// <summary>How the document itself is encrypted.</summary>
    public DataEncryptionCipher EncryptionCipher { get; set; } = DataEncryptionCipher.AesGcm;
}

/// <summary>How something is decrypted.</summary>
public class DecryptionOptions
{
    internal const int DefaultBlockSize = 4 * 1024;

    private int streamingBlockSizeInBytes = DefaultBlockSize;

    /// <summary>Bytes that are sent to the sidecar at once.</summary>
    public int StreamingBlockSizeInBytes
    {
        get => streamingBlockSizeInBytes;
        set => streamingBlockSizeInBytes = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A block has at least one byte.");
    }
}
