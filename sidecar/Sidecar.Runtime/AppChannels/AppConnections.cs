using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Sidecar.Runtime.AppChannels;

/// <summary>The host's connections to apps and external endpoints: one pool for all sidecars, nothing added to or taken from a request.</summary>
public sealed class AppConnections : IDisposable
{
    private readonly HttpMessageInvoker _verified = new(NewHandler(new SslClientAuthenticationOptions()));
    private readonly Lazy<HttpMessageInvoker> _unverified = new(() => new HttpMessageInvoker(NewHandler(new SslClientAuthenticationOptions
    {
        // An app on the same machine uses a development certificate; daprd does not verify it either.
#pragma warning disable CA5359
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    })));

    /// <summary>For HTTP and for external addresses, whose certificates are verified.</summary>
    public HttpMessageInvoker Verified => _verified;

    /// <summary>For an app that speaks TLS.</summary>
    public HttpMessageInvoker Unverified => _unverified.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        _verified.Dispose();
        if (_unverified.IsValueCreated)
            _unverified.Value.Dispose();
    }

    internal static SocketsHttpHandler NewHandler(SslClientAuthenticationOptions tls) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        SslOptions = tls,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
