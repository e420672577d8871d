using System.Text;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Invocation;

/// <summary>Whom a request is for, and with which method: both forms of Dapr's service invocation (<c>pkg/api/http/directmessaging.go</c>).</summary>
/// <param name="Id">App id, <c>appid.namespace</c>, name of an HTTP endpoint, or an <c>http(s)://</c> address.</param>
/// <param name="Method">The method as <see cref="MethodPath"/> normalizes it, with a leading slash.</param>
/// <param name="Query">Query string with its question mark, or empty.</param>
internal readonly record struct InvocationTarget(string Id, string Method, string Query)
{
    /// <summary>Header that names the callee.</summary>
    public const string AppIdHeader = "dapr-app-id";

    private const string MethodSegment = "/method/";

    /// <summary>The method as text, with a leading slash: what rules and policies go by, and what an app that speaks gRPC is told.</summary>
    public string Text => MethodPath.TextOf(Method);

    /// <summary>The method as the path of a request.</summary>
    /// <exception cref="Errors.DaprApiException">No address can be made of it.</exception>
    public string Path => MethodPath.Escape(Id, Method);

    /// <summary>True for the path form, whatever its slashes.</summary>
    public static bool IsInvocation(string rawTarget) => AfterPrefix(rawTarget) > 0;

    /// <summary>Reads <c>/v1.0/invoke/{id}/method/{path}</c>; false when there is no id or no method segment.</summary>
    /// <exception cref="Errors.DaprApiException">No app may be called with such a method.</exception>
    public static bool TryParsePath(string rawTarget, out InvocationTarget target)
    {
        target = default;
        var (path, query) = SplitQuery(rawTarget.AsSpan(AfterPrefix(rawTarget)));
        if (path.Contains('%'))
            path = MethodPath.Decode(path);
        var method = path.IndexOf(MethodSegment, StringComparison.Ordinal);
        if (method <= 0)
            return false;

        var id = path[..method].Trim('/');
        target = new InvocationTarget(id, MethodPath.Normalize(id, path.AsSpan(method + MethodSegment.Length - 1)), query);
        return true;
    }

    /// <summary>
    /// Reads the header form, where the whole path is the method, whatever it begins with. The header is taken off the request; credentials go on to the app.
    /// </summary>
    /// <exception cref="Errors.DaprApiException">No app may be called with such a method.</exception>
    public static bool TryParseHeaders(HttpRequest request, string rawTarget, out InvocationTarget target)
    {
        target = default;
        var id = request.Headers[AppIdHeader].ToString();
        if (id.Length > 0)
            request.Headers.Remove(AppIdHeader);
        else if ((id = AppIdOfCredentials(request.Headers.Authorization.ToString())).Length == 0)
            return false;

        var (path, query) = SplitQuery(rawTarget);
        target = new InvocationTarget(id, MethodPath.Normalize(id, path.Contains('%') ? MethodPath.Decode(path) : path), query);
        return true;
    }

    /// <summary>Where the app id begins after <c>/v1.0/invoke/</c>, each slash of which may be several; -1 for another path.</summary>
    private static int AfterPrefix(ReadOnlySpan<char> target)
    {
        var at = After(target, "v1.0");
        var more = at < 0 ? -1 : After(target[at..], "invoke");
        return more < 0 ? -1 : at + more;

        static int After(ReadOnlySpan<char> target, string segment)
        {
            var start = SkipSlashes(target, 0);
            if (!target[start..].StartsWith(segment, StringComparison.Ordinal))
                return -1;
            var end = SkipSlashes(target, start + segment.Length);
            return end > start + segment.Length ? end : -1;
        }
    }

    private static int SkipSlashes(ReadOnlySpan<char> target, int at)
    {
        while (at < target.Length && target[at] == '/')
            at++;
        return at;
    }

    /// <summary>Basic authentication with the user <c>dapr-app-id</c>: the password is the app id.</summary>
    private static string AppIdOfCredentials(string authorization)
    {
        const string Scheme = "Basic ";
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return "";

        Span<byte> bytes = stackalloc byte[256];
        if (!Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), bytes, out var length))
            return "";

        var credentials = Encoding.UTF8.GetString(bytes[..length]);
        return credentials.Split(':') is [var user, var password] && user.Equals(AppIdHeader, StringComparison.OrdinalIgnoreCase) ? password : "";
    }

    private static (string Path, string Query) SplitQuery(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        return query < 0 ? (target.ToString(), "") : (target[..query].ToString(), target[query..].ToString());
    }
}
