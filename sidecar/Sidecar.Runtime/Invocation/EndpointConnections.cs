using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Invocation;

/// <summary>Connections of those HTTP endpoints that name an authority or a client certificate of their own (<c>spec.clientTLS</c>).</summary>
internal sealed class EndpointConnections : IDisposable
{
    private readonly Dictionary<string, HttpMessageInvoker> _own = new(StringComparer.Ordinal);
    private readonly List<X509Certificate2> _certificates = [];

    /// <exception cref="ResourceException">A certificate or key cannot be read.</exception>
    public EndpointConnections(IEnumerable<HttpEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.ClientTls is { } tls)
                _own[endpoint.Name] = new HttpMessageInvoker(AppConnections.NewHandler(OptionsOf(endpoint, tls)));
        }
    }

    /// <summary>The endpoint's own connections, or null when it has no TLS settings.</summary>
    public HttpMessageInvoker? Find(string endpoint) => _own.Count == 0 ? null : _own.GetValueOrDefault(endpoint);

    public void Dispose()
    {
        foreach (var invoker in _own.Values)
            invoker.Dispose();
        _certificates.ForEach(certificate => certificate.Dispose());
    }

    private SslClientAuthenticationOptions OptionsOf(HttpEndpoint endpoint, HttpEndpointTls tls)
    {
        var options = new SslClientAuthenticationOptions { AllowRenegotiation = tls.Renegotiation is "RenegotiateOnceAsClient" or "RenegotiateFreelyAsClient" };
        var part = "rootCA";
        try
        {
            if (tls.RootCa.Length > 0)
            {
                options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(tls.RootCa);
            }

            part = "certificate and privateKey";
            if (tls.Certificate.Length > 0)
                options.ClientCertificateContext = SslStreamCertificateContext.Create(ReadCertificate(tls), additionalCertificates: null, offline: true);
            return options;
        }
        catch (CryptographicException e)
        {
            throw new ResourceException(endpoint.Location, $"spec.clientTLS of HTTPEndpoint '{endpoint.Name}'", $"{part} must be PEM texts that fit together: {e.Message}");
        }
    }

    private X509Certificate2 ReadCertificate(HttpEndpointTls tls)
    {
        using var read = X509Certificate2.CreateFromPem(tls.Certificate, tls.PrivateKey);
        // Windows does not use a key that lives only in memory: the way through PKCS #12 gives it one it uses.
        var certificate = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
        _certificates.Add(certificate);
        return certificate;
    }
}
