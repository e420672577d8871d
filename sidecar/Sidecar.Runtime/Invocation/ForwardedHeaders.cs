using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sidecar.Runtime.AppChannels;

namespace Sidecar.Runtime.Invocation;

/// <summary>Which headers pass through an invocation, in both directions.</summary>
internal static class ForwardedHeaders
{
    /// <summary>Copies the caller's headers to the request, content headers to its content.</summary>
    public static void CopyRequest(IHeaderDictionary from, HttpRequestMessage to, bool isGrpc)
    {
        var connection = from.Connection;
        foreach (var (name, values) in from)
        {
            if (IsHopByHop(name, connection) || IsOurs(name) || (isGrpc && IsGrpcFraming(name)))
                continue;

            if (IsContentHeader(name))
                to.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            else if (values.Count == 1)
                to.Headers.TryAddWithoutValidation(name, values[0]);
            else
                to.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
    }

    /// <summary>Copies status and headers of the callee's answer.</summary>
    public static void CopyResponse(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        var headers = from.Headers.NonValidated;
        var connection = headers.TryGetValues("Connection", out var listed) ? new StringValues([.. listed]) : default;
        foreach (var (name, values) in headers)
        {
            if (!IsHopByHop(name, connection))
                to.Headers[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
        }

        foreach (var (name, values) in from.Content.Headers.NonValidated)
            to.Headers[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
    }

    /// <summary>Headers that belong to the content of an HTTP message in .NET's model.</summary>
    private static bool IsContentHeader(string name) => name.Length switch
    {
        5 => Is(name, "Allow"),
        7 => Is(name, "Expires"),
        11 => Is(name, "Content-MD5"),
        12 => Is(name, "Content-Type"),
        13 => Is(name, "Content-Range") || Is(name, "Last-Modified"),
        14 => false, // Content-Length: the content sets its own
        16 => Is(name, "Content-Encoding") || Is(name, "Content-Language") || Is(name, "Content-Location"),
        19 => Is(name, "Content-Disposition"),
        _ => false,
    };

    /// <summary>Read by the sidecar and not meant for the callee.</summary>
    private static bool IsOurs(string name) => name.Length switch
    {
        4 => Is(name, "Host"),
        11 => Is(name, InvocationTarget.AppIdHeader),
        14 => Is(name, AppChannel.TokenHeader) || Is(name, "Content-Length"),
        _ => name[0] == ':',
    };

    /// <summary>What a gRPC call says about itself and not about the call inside it.</summary>
    private static bool IsGrpcFraming(string name) =>
        name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) || Is(name, "Content-Type") || Is(name, "User-Agent");

    internal static bool IsHopByHop(string name, StringValues connection)
    {
        var standard = name.Length switch
        {
            2 => Is(name, "TE"),
            7 => Is(name, "Trailer") || Is(name, "Upgrade"),
            10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
            16 => Is(name, "Proxy-Connection"),
            17 => Is(name, "Transfer-Encoding"),
            18 => Is(name, "Proxy-Authenticate"),
            19 => Is(name, "Proxy-Authorization"),
            _ => false,
        };
        return standard || (connection.Count > 0 && IsListed(name, connection));
    }

    private static bool IsListed(string name, StringValues connection)
    {
        foreach (var line in connection)
        {
            foreach (var token in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Is(name, token))
                    return true;
            }
        }

        return false;
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
