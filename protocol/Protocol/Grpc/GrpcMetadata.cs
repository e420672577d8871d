using System.Buffers;
using System.Collections;
using System.Text;

namespace Dapr.Protocol.Grpc;

/// <summary>One header or trailer. Keys that end in <c>-bin</c> hold bytes, all others ASCII text.</summary>
/// <param name="Key">Lower case.</param>
/// <param name="Text">The text, or the base64 form of the bytes.</param>
public readonly record struct GrpcMetadataEntry(string Key, string Text)
{
    /// <summary>Whether the value is bytes.</summary>
    public bool IsBinary => GrpcMetadata.IsBinaryKey(Key);
}

/// <summary>Headers or trailers of a gRPC call, in the order added; keys compare without case and may repeat.</summary>
public sealed class GrpcMetadata : IEnumerable<GrpcMetadataEntry>
{
    private static readonly SearchValues<char> s_keyCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly List<GrpcMetadataEntry> _entries = [];

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds a text value.</summary>
    /// <exception cref="ArgumentException">The key is for bytes or holds a character HTTP/2 does not take.</exception>
    public void Add(string key, string value)
    {
        if (IsBinaryKey(CheckKey(key)))
            throw new ArgumentException($"The metadata key '{key}' ends in -bin: add its value as bytes.", nameof(key));
        _entries.Add(new(Normalize(key), value));
    }

    /// <summary>Adds bytes; the key must end in <c>-bin</c>.</summary>
    public void Add(string key, byte[] value)
    {
        if (!IsBinaryKey(CheckKey(key)))
            throw new ArgumentException($"The metadata key '{key}' holds bytes, so it must end in -bin.", nameof(key));
        _entries.Add(new(Normalize(key), Convert.ToBase64String(value).TrimEnd('=')));
    }

    /// <summary>Adds a text that comes from elsewhere, such as an HTTP header; false for a key or a value that gRPC cannot carry, or that it has a use of its own for.</summary>
    public bool TryAdd(string key, string value)
    {
        var isPossible = key.Length > 0 && !key.AsSpan().ContainsAnyExcept(s_keyCharacters) && !IsReserved(key)
            && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            && (!IsBinaryKey(key) || DecodeBase64(value) is not null);
        if (isPossible)
            _entries.Add(new(Normalize(key), value));
        return isPossible;
    }

    /// <summary>Adds an entry as it came from a peer.</summary>
    public void Add(GrpcMetadataEntry entry) => _entries.Add(entry);

    /// <summary>The last text under the key, or null.</summary>
    public string? GetText(string key)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (string.Equals(_entries[i].Key, key, StringComparison.OrdinalIgnoreCase))
                return _entries[i].Text;
        }
        return null;
    }

    /// <summary>The last bytes under the key, or null when absent or not base64.</summary>
    public byte[]? GetBytes(string key) => GetText(key) is { } text ? DecodeBase64(text) : null;

    /// <summary>Every text under the key.</summary>
    public IEnumerable<string> GetAll(string key) =>
        _entries.Where(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase)).Select(entry => entry.Text);

    /// <inheritdoc />
    public IEnumerator<GrpcMetadataEntry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether values under this key are bytes.</summary>
    public static bool IsBinaryKey(string key) => key.EndsWith("-bin", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes a header as it came; a binary header may hold several values with commas between.</summary>
    internal void AddReceived(string key, string value)
    {
        key = Normalize(key);
        if (!IsBinaryKey(key) || !value.Contains(',', StringComparison.Ordinal))
        {
            _entries.Add(new(key, value));
            return;
        }
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            _entries.Add(new(key, part));
    }

    /// <summary>Headers by which HTTP/2 and gRPC themselves speak; the trace and the rich status, which begin with <c>grpc-</c> too, are metadata.</summary>
    private static bool IsReserved(string key) => key.ToLowerInvariant() switch
    {
        "content-type" or "content-length" or "te" or "host" or "user-agent" or "connection" or "keep-alive" or "proxy-connection" or "transfer-encoding" or "upgrade" => true,
        "grpc-timeout" or "grpc-encoding" or "grpc-accept-encoding" or "grpc-message-type" or "grpc-status" or "grpc-message" => true,
        _ => false,
    };

    private static byte[]? DecodeBase64(string text)
    {
        // Peers may leave the padding out.
        var padded = (text.Length % 4) switch { 2 => text + "==", 3 => text + "=", _ => text };
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    private static string CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        foreach (var c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                throw new ArgumentException($"The metadata key '{key}' holds '{c}'; only ASCII letters, digits, '-', '_' and '.' are possible.", nameof(key));
        }
        return key;
    }

    private static string Normalize(string key)
    {
        foreach (var c in key)
        {
            if (char.IsAsciiLetterUpper(c))
                return string.Create(key.Length, key, static (span, source) => Ascii.ToLower(source, span, out _));
        }
        return key;
    }
}
