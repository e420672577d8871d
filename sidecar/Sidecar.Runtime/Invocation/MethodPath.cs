using System.Buffers;
using System.Globalization;
using System.Text;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Invocation;

/// <summary>
/// The method of an invocation as daprd reads it since 1.18 (<c>pkg/messaging/method/normalize.go</c>): dots are resolved, slashes count once, the last one does not count, and characters that
/// end a path are refused. A caller over HTTP has its escapes decoded before that, so <c>%2F</c> divides segments; the app sees what Go's <c>url.URL.EscapedPath</c> makes of the rest.
/// In between each character is one byte, because escapes need not be UTF-8.
/// </summary>
internal static class MethodPath
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    private static readonly SearchValues<char> s_plain = SearchValues.Create(Unreserved + "!$&'()*+,;=:@[]/");
    private static readonly SearchValues<char> s_sentAsIs = SearchValues.Create(Unreserved + "!$&'()*+,;=:@[]/%");
    private static readonly SearchValues<char> s_neverEscaped = SearchValues.Create(Unreserved + "$&+,/:;=@");
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create("#?\0");
    private static readonly SearchValues<char> s_control = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7f).Select(c => (char)c)]);

    /// <summary>The method with a leading slash and nothing to clean any more.</summary>
    /// <exception cref="Errors.DaprApiException">It has characters that no method may have.</exception>
    public static string Normalize(string target, ReadOnlySpan<char> bytes)
    {
        if (bytes is ['/', ..] && !bytes.ContainsAnyExcept(s_plain) && !RequestPaths.NeedsCleaning(bytes) && !bytes.Contains("/.", StringComparison.Ordinal))
            return bytes.ToString();

        var method = bytes.TrimStart('/');
        if (method.ContainsAny(s_forbidden))
            throw Refused(target, $"method contains forbidden character: {Quote(method)}");
        var control = method.IndexOfAny(s_control);
        return control < 0 ? Resolve(method) : throw Refused(target, $"method contains control character at position {control}: {Quote(method)}");
    }

    /// <summary>A normalized method as the path of a request.</summary>
    /// <exception cref="Errors.DaprApiException">A percent sign in it begins no escape.</exception>
    public static string Escape(string target, string method)
    {
        if (!method.AsSpan().ContainsAnyExcept(s_plain))
            return method;
        if (!IsSound(method))
            throw InvocationErrors.Failed(target, $"error invoking app channel: no address for the method {Quote(method.AsSpan(1))}: invalid URL escape");
        if (!method.AsSpan().ContainsAnyExcept(s_sentAsIs))
            return method;

        var escaped = new StringBuilder(method.Length + 16);
        foreach (var c in Unescape(method))
        {
            if (s_neverEscaped.Contains(c))
                escaped.Append(c);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
        }

        return escaped.ToString();
    }

    /// <summary>Decodes the escapes of a path that is sound.</summary>
    public static string Decode(ReadOnlySpan<char> path) => Unescape(BytesOf(path.ToString()));

    /// <summary>True when each percent sign is followed by two hexadecimal digits; Go's server refuses every other request line.</summary>
    public static bool IsSound(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%'))
        {
            path = path[at..];
            if (path.Length < 3 || !char.IsAsciiHexDigit(path[1]) || !char.IsAsciiHexDigit(path[2]))
                return false;
            path = path[3..];
        }

        return true;
    }

    /// <summary>Text as bytes, one character each.</summary>
    public static string BytesOf(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text that such bytes are.</summary>
    public static string TextOf(string bytes) => Ascii.IsValid(bytes) ? bytes : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    private static string Unescape(string bytes)
    {
        var decoded = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '%')
            {
                decoded.Append(bytes[i]);
                continue;
            }

            decoded.Append((char)byte.Parse(bytes.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            i += 2;
        }

        return decoded.ToString();
    }

    /// <summary>Go's <c>path.Clean</c> of a rooted path.</summary>
    private static string Resolve(ReadOnlySpan<char> method)
    {
        var segments = new List<string>();
        foreach (var segment in method.ToString().Split('/'))
        {
            if (segment is "" or ".")
                continue;
            if (segment != "..")
                segments.Add(segment);
            else if (segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
        }

        return "/" + string.Join('/', segments);
    }

    private static Errors.DaprApiException Refused(string target, string problem) =>
        InvocationErrors.Failed(target, $"rpc error: code = InvalidArgument desc = invalid method: {problem}");

    /// <summary>Go's <c>%q</c>.</summary>
    private static string Quote(ReadOnlySpan<char> bytes)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in TextOf(bytes.ToString()))
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
