using System.Text;

namespace Sidecar.Components.Nats;

/// <summary>The header block of a message: an optional status, then fields as in HTTP.</summary>
internal sealed class NatsHeaders
{
    /// <summary>Status of a request that nobody listens to.</summary>
    public const int NoResponders = 503;

    /// <summary>Status of what a consumer says of itself: heartbeats and flow control.</summary>
    public const int Control = 100;

    private const string Version = "NATS/1.0";
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Status, or 0.</summary>
    public int Status { get; private set; }

    /// <summary>What the status means.</summary>
    public string Description { get; private set; } = "";

    /// <summary>First value of a field, or null.</summary>
    public string? this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>Reads a header block; what cannot be read is left out.</summary>
    public static NatsHeaders Read(ReadOnlySpan<byte> block)
    {
        var headers = new NatsHeaders();
        var lines = Encoding.UTF8.GetString(block).Split("\r\n");
        headers.ReadStatus(lines[0].StartsWith(Version, StringComparison.Ordinal) ? lines[0][Version.Length..].Trim() : "");
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                headers._fields.TryAdd(line[..colon], line[(colon + 1)..].Trim());
        }

        return headers;
    }

    /// <summary>A block with one field; a line break in the value would be another field and becomes a space.</summary>
    public static byte[] Write(string name, string value) =>
        Encoding.UTF8.GetBytes($"{Version}\r\n{name}: {value.Replace('\r', ' ').Replace('\n', ' ').Trim()}\r\n\r\n");

    private void ReadStatus(string text)
    {
        if (text.Length < 3 || !int.TryParse(text.AsSpan(0, 3), out var status))
            return;
        Status = status;
        Description = text[3..].Trim();
    }
}
