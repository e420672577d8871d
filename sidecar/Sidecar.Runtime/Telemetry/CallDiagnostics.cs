using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Sidecar.Runtime.Telemetry;

/// <summary>
/// Tells whoever listens in this process which methods of the API are called, and which the sidecar calls in its apps: the diagnostic listener <c>Sidecar.Calls</c>.
/// Each event is one line, its fields parted by tabs. Costs a look at a flag while nobody listens.
/// </summary>
internal static class CallDiagnostics
{
    /// <summary>Name of the listener.</summary>
    public const string Name = "Sidecar.Calls";

    private static readonly DiagnosticListener s_listener = new(Name);

    /// <summary>A call of the HTTP API has ended. The route is a template, or empty for an invocation by header.</summary>
    public static void Http(string verb, string route, int status, string path)
    {
        if (s_listener.IsEnabled())
            s_listener.Write("http", string.Create(CultureInfo.InvariantCulture, $"http\t{verb}\t{route}\t{status}\t{path}"));
    }

    /// <summary>A call of the gRPC port has ended; <paramref name="isProxied"/> when no method of the sidecar's took it.</summary>
    public static void Grpc(string path, string status, bool isProxied)
    {
        if (s_listener.IsEnabled())
            s_listener.Write("grpc", $"grpc\t{(isProxied ? "proxied" : "served")}\t{path}\t{status}");
    }

    /// <summary>The app has answered a call of its sidecar.</summary>
    public static void App(HttpRequestMessage request, HttpStatusCode status)
    {
        if (s_listener.IsEnabled())
            s_listener.Write("app", string.Create(CultureInfo.InvariantCulture, $"app\t{request.Method}\t{request.RequestUri!.AbsolutePath}\t{(int)status}\t{request.Content?.Headers.ContentType?.MediaType}"));
    }
}
