using System.Net;
using System.Net.Sockets;
using Sidecar.Processes;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Cli.Running;

/// <summary>One sidecar's HTTP API, as the commands call it: by its port, or by its Unix domain socket.</summary>
internal sealed class SidecarClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string? _token;

    private SidecarClient(string listenAddress, int port, string? socket, string? token)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (socket is not null)
            handler.ConnectCallback = async (_, cancellation) => await ConnectAsync(socket, cancellation);
        _http = new HttpClient(handler) { BaseAddress = new Uri($"http://{new IPEndPoint(Reachable(listenAddress), port)}/"), Timeout = TimeSpan.FromSeconds(100) };
        _token = token;
    }

    /// <summary>The sidecar that is started so.</summary>
    public static SidecarClient Of(SidecarOptions sidecar) => new(
        sidecar.ListenAddress, sidecar.HttpPort, sidecar.SocketDirectory is { } directory ? ApiSocket.PathOf(directory, sidecar.AppId, "http") : null, sidecar.ApiToken);

    /// <summary>The sidecar of an app that runs; the token comes from this process's environment.</summary>
    /// <param name="app">The app.</param>
    /// <param name="socketDirectory">Where its sockets are, when the caller says so.</param>
    public static SidecarClient Of(RunRecord app, string? socketDirectory)
    {
        var directory = socketDirectory is { Length: > 0 } ? socketDirectory : app.SocketDirectory;
        return new SidecarClient(app.ListenAddress, app.HttpPort, directory.Length > 0 ? ApiSocket.PathOf(directory, app.AppId, "http") : null, OwnToken());
    }

    /// <summary>A sidecar on a port of this machine.</summary>
    public static SidecarClient OfPort(int port) => new("127.0.0.1", port, null, OwnToken());

    /// <summary>Sends a request whose address is relative to the API's root.</summary>
    /// <exception cref="HttpRequestException">The sidecar cannot be reached.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_token is not null)
            request.Headers.TryAddWithoutValidation("dapr-api-token", _token);
        return _http.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string? OwnToken() => Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token ? token : null;

    private static IPAddress Reachable(string listenAddress) =>
        IPAddress.TryParse(listenAddress, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : IPAddress.Loopback;

    private static async Task<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
