namespace Sidecar.Components.Nats;

/// <summary>One server, as a NATS URL names it: <c>nats://user:password@host:4222</c>, <c>nats://token@host</c>, <c>tls://host</c> or just <c>host</c>.</summary>
/// <param name="Host">Host.</param>
/// <param name="Port">Port; 4222 where none is given.</param>
/// <param name="Tls">True when TLS is demanded, whatever the server says.</param>
/// <param name="User">User, or null.</param>
/// <param name="Password">Password, or null.</param>
/// <param name="Token">Token, or null.</param>
internal sealed record NatsAddress(string Host, int Port, bool Tls = false, string? User = null, string? Password = null, string? Token = null)
{
    /// <summary>Port where none is given.</summary>
    public const int UsualPort = 4222;

    /// <summary>Reads a list of URLs separated by commas.</summary>
    /// <exception cref="FormatException">One is no NATS URL; the message says what is wrong, without the credentials.</exception>
    public static IReadOnlyList<NatsAddress> ParseList(string text)
    {
        var all = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).ToList();
        return all.Count > 0 ? all : throw new FormatException("names no server; write nats://host:4222");
    }

    /// <summary>Without credentials: it stands in messages and logs.</summary>
    public override string ToString() => $"{(Tls ? "tls" : "nats")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    private static NatsAddress Parse(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "nats://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new FormatException("is no NATS URL; write nats://host:4222");
        if (uri.Scheme is not ("nats" or "tls"))
            throw new FormatException($"has the scheme '{uri.Scheme}'; nats:// and tls:// are known here");
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var (user, password, token) = uri.UserInfo.Length == 0 ? (null, null, (string?)null)
            : colon < 0 ? ((string?)null, (string?)null, Uri.UnescapeDataString(uri.UserInfo))
            : (Uri.UnescapeDataString(uri.UserInfo[..colon]), Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]), null);
        return new NatsAddress(uri.IdnHost.Trim('[', ']'), uri.Port > 0 ? uri.Port : UsualPort, uri.Scheme == "tls", user, password, token);
    }
}
