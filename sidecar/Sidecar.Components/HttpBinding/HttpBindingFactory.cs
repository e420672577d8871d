using System.Security.Cryptography.X509Certificates;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Components.HttpBinding;

/// <summary>Makes <c>bindings.http</c>.</summary>
public sealed class HttpBindingFactory : IComponentFactory
{
    private const long DefaultMostBytes = 100 << 20;

    /// <inheritdoc/>
    public string Type => "bindings.http";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var url = component.RequiredText("url");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new ComponentException(component, "url", $"is '{url}', which is no http or https address");
        if (component.Text("MTLSRenegotiation") is not (null or "RenegotiateNever"))
            throw new ComponentException(component, "MTLSRenegotiation", "asks for TLS renegotiation, which .NET's client does not do; leave it out");
        var settings = new HttpBindingSettings
        {
            Url = url,
            ResponseTimeout = component.Text("responseTimeout") is null ? null : component.Duration(TimeSpan.Zero, "responseTimeout"),
            MostBytes = ReadSize(component),
            ErrorIfNot2xx = component.Text("errorIfNot2XX") is null || component.Flag("errorIfNot2XX"),
            SecurityToken = component.Text("securityToken"),
            SecurityTokenHeader = component.Text("securityTokenHeader"),
        };
        return Task.FromResult<IAsyncDisposable>(new HttpOutputBinding(settings, Client(component, context), context.Time));
    }

    private static long ReadSize(Component component)
    {
        if (component.Text("maxResponseBodySize") is not { } text)
            return DefaultMostBytes;
        return ByteSize.TryParse(text, out var bytes) ? bytes : throw new ComponentException(component, "maxResponseBodySize", $"is '{text}', which is no size such as 1048576 or 100Mi");
    }

    private static HttpClient Client(Component component, ComponentContext context)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15), AllowAutoRedirect = true, UseCookies = false, ActivityHeadersPropagator = null };
        try
        {
            if (Pem(component, context, "MTLSRootCA") is { } root)
            {
                var trusted = new X509Certificate2Collection();
                trusted.ImportFromPem(root);
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.AddRange(trusted);
                handler.SslOptions.CertificateChainPolicy = policy;
            }

            if (Pem(component, context, "MTLSClientCert") is { } certificate && Pem(component, context, "MTLSClientKey") is { } key)
                handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];
        }
        catch (System.Security.Cryptography.CryptographicException error)
        {
            throw new ComponentException(component, "MTLSClientCert", $"or another of the MTLS keys cannot be read: {error.Message}", error);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>A certificate or key: the PEM itself, or the path of a file with it.</summary>
    private static string? Pem(Component component, ComponentContext context, string name)
    {
        if (component.Text(name) is not { } text)
            return null;
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
            return text;
        try
        {
            return File.ReadAllText(Path.Combine(context.AppDirectory, text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ComponentException(component, name, $"is neither PEM nor a file that can be read: {error.Message}", error);
        }
    }
}
