using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sidecar.Runtime.Hosting;

/// <summary>
/// Dapr's path rules: duplicate slashes count once, a trailing slash does not count, percent escapes are decoded after the path was split at its slashes, and a plus
/// stands for a space as in a query.
/// </summary>
internal static class RequestPaths
{
    /// <summary>Path and query as the caller wrote them; of a target in absolute form (as sent to a proxy) the part after the host.</summary>
    public static string TargetOf(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (raw.StartsWith('/'))
            return raw;
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? -1 : raw.IndexOf('/', scheme + 3);
        return path < 0 ? "/" : raw[path..];
    }

    /// <summary>The part of the target before the query.</summary>
    public static ReadOnlySpan<char> PathOf(HttpContext context)
    {
        var raw = TargetOf(context);
        var query = raw.IndexOf('?');
        return query < 0 ? raw : raw.AsSpan(0, query);
    }

    /// <summary>Puts the cleaned path in place of the server's; false when it has a broken escape.</summary>
    public static bool TryNormalize(HttpContext context)
    {
        var path = PathOf(context);
        if (!path.ContainsAny('%', '+'))
        {
            if (NeedsCleaning(path))
                context.Request.Path = Clean(path);
            return true;
        }

        if (!TryDecode(Clean(path), out var decoded))
            return false;

        context.Request.Path = decoded;
        return true;
    }

    /// <summary>Collapses slashes and drops the trailing one; the root stays.</summary>
    public static string Clean(ReadOnlySpan<char> path)
    {
        var cleaned = new StringBuilder(path.Length);
        var wasSlash = false;
        foreach (var c in path)
        {
            if (c != '/' || !wasSlash)
                cleaned.Append(c);
            wasSlash = c == '/';
        }

        if (cleaned.Length > 1 && wasSlash)
            cleaned.Length--;
        return cleaned.Length == 0 ? "/" : cleaned.ToString();
    }

    /// <summary>True when <see cref="Clean"/> would change the path.</summary>
    public static bool NeedsCleaning(ReadOnlySpan<char> path) => (path.Length > 1 && path[^1] == '/') || path.Contains("//", StringComparison.Ordinal);

    /// <summary>Decodes escapes but keeps <c>%2F</c> and <c>%25</c>, so that a decoded slash does not split a segment.</summary>
    private static bool TryDecode(string path, out string decoded)
    {
        decoded = "";
        var bytes = new List<byte>(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes([c is '+' ? ' ' : c]));
                continue;
            }

            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
                return false;

            var value = Convert.ToByte(path.Substring(i + 1, 2), 16);
            i += 2;
            if (value is (byte)'/' or (byte)'%')
                bytes.AddRange(value == '/' ? "%2F"u8 : "%25"u8);
            else
                bytes.Add(value);
        }

        decoded = Encoding.UTF8.GetString(bytes.ToArray());
        return true;
    }
}
