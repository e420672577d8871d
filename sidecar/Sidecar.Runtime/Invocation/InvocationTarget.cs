using System.Text;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Invocation;

/// <summary>Whom a request is for, and with which path: both forms of Dapr's service invocation.</summary>
/// <param name="Id">App id, <c>appid.namespace</c>, name of an HTTP endpoint, or an <c>http(s)://</c> address.</param>
/// <param name="Path">Path on the callee, with a leading slash, escaped as the caller wrote it.</param>
/// <param name="Query">Query string with its question mark, or empty.</param>
internal readonly record struct InvocationTarget(string Id, string Path, string Query)
{
    /// <summary>Header that names the callee.</summary>
    public const string AppIdHeader = "dapr-app-id";

    private const string Prefix = "/v1.0/invoke/";
    private const string MethodSegment = "/method/";

    /// <summary>True for the path form, whatever its slashes.</summary>
    public static bool IsInvocation(string rawTarget) =>
        rawTarget.StartsWith(Prefix, StringComparison.Ordinal)
        || (rawTarget.StartsWith("//", StringComparison.Ordinal) && RequestPaths.Clean(rawTarget.AsSpan(0, Math.Min(rawTarget.Length, 64))).StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>Reads <c>/v1.0/invoke/{id}/method/{path}</c>; false when there is no id or no method segment.</summary>
    public static bool TryParsePath(string rawTarget, out InvocationTarget target)
    {
        target = default;
        var (path, query) = SplitQuery(rawTarget.AsSpan(rawTarget.IndexOf(Prefix[1..], StringComparison.Ordinal) + Prefix.Length - 1));
        var method = path.IndexOf(MethodSegment, StringComparison.Ordinal);
        if (method < 0 && path.EndsWith("/method", StringComparison.Ordinal))
            method = path.Length - MethodSegment.Length + 1;
        if (method <= 0)
            return false;

        var id = path[..method].ToString();
        if (id.Contains('%'))
            id = Uri.UnescapeDataString(id);
        var rest = method + MethodSegment.Length - 1 >= path.Length ? "/" : path[(method + MethodSegment.Length - 1)..];
        target = new InvocationTarget(id.Trim('/'), RequestPaths.NeedsCleaning(rest) ? RequestPaths.Clean(rest) : rest.ToString(), query);
        return true;
    }

    /// <summary>Reads the header form, where the whole path is the method; the header or the credentials are taken off the request.</summary>
    public static bool TryParseHeaders(HttpRequest request, string rawTarget, out InvocationTarget target)
    {
        target = default;
        var id = request.Headers[AppIdHeader].ToString();
        if (id.Length > 0)
            request.Headers.Remove(AppIdHeader);
        else if ((id = AppIdOfCredentials(request.Headers.Authorization.ToString())).Length > 0)
            request.Headers.Remove("Authorization");
        else
            return false;

        var (path, query) = SplitQuery(rawTarget);
        target = new InvocationTarget(id, RequestPaths.NeedsCleaning(path) ? RequestPaths.Clean(path) : path.ToString(), query);
        return true;
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
        return credentials.StartsWith(AppIdHeader + ":", StringComparison.Ordinal) ? credentials[(AppIdHeader.Length + 1)..] : "";
    }

    private static (string Path, string Query) SplitQuery(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        return query < 0 ? (target.ToString(), "") : (target[..query].ToString(), target[query..].ToString());
    }
}
