using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sidecar.Components.Redis;

/// <summary>Dials a server: TCP, and TLS over it when asked for.</summary>
internal static class RedisTransport
{
    /// <exception cref="RedisUnavailableException">Nobody listens there, or TLS could not be agreed on.</exception>
    public static async Task<Stream> DialAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return options.Tls ? await SecureAsync(stream, options, cancellationToken) : stream;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new RedisUnavailableException(options.Address, $"cannot be reached: {error.Message}", inner: error);
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            socket.Dispose();
            throw new RedisUnavailableException(options.Address, $"did not agree on TLS: {error.InnerException?.Message ?? error.Message}", inner: error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The certificate the client shows, or null.</summary>
    /// <exception cref="CryptographicException">The PEM cannot be read, or key and certificate do not belong together.</exception>
    public static X509Certificate2? ReadClientCertificate(RedisOptions options)
    {
        if (options.ClientCertificate is null || options.ClientKey is null)
            return null;
        using var pem = X509Certificate2.CreateFromPem(options.ClientCertificate, options.ClientKey);
        // A key that lives in memory only is not taken by TLS on every operating system.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<Stream> SecureAsync(Stream stream, RedisOptions options, CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream);
        var authentication = new SslClientAuthenticationOptions
        {
            TargetHost = options.Host,
            RemoteCertificateValidationCallback = (_, _, _, errors) => options.TrustsAnyServer || errors == SslPolicyErrors.None,
        };
        if (ReadClientCertificate(options) is { } certificate)
            authentication.ClientCertificates = [certificate];
        await secured.AuthenticateAsClientAsync(authentication, cancellationToken);
        return secured;
    }
}
