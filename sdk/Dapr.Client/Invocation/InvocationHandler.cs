using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

/// <summary>
/// Sends requests for <c>http://app-id/path</c> to the sidecar as service invocations
/// (<c>/v1.0/invoke/app-id/method/path</c>). Put it in front of any <see cref="HttpClient"/>.
/// </summary>
public class InvocationHandler : DelegatingHandler
{
    private Uri daprEndpoint;

    /// <summary>Uses the sidecar the environment names, and its API token when there is one.</summary>
    public InvocationHandler()
    {
        daprEndpoint = new Uri(DaprDefaults.GetDefaultHttpEndpoint(), UriKind.Absolute);
        DaprApiToken = DaprDefaults.GetDefaultDaprApiToken(null);
    }

    /// <summary>HTTP address of the sidecar.</summary>
    /// <exception cref="ArgumentException">Not an absolute http or https address.</exception>
    public string DaprEndpoint
    {
        get => daprEndpoint.OriginalString;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var parsed = new Uri(value, UriKind.Absolute);
            if (!IsHttp(parsed))
                throw new ArgumentException("The URI scheme of the Dapr endpoint must be http or https.", nameof(value));

            daprEndpoint = parsed;
        }
    }

    /// <summary>
    /// The app id with its capital letters. <see cref="Uri"/> lower-cases hosts; a host that differs from this only in case becomes this.
    /// </summary>
    public string? DefaultAppId { get; set; }

    internal string? DaprApiToken { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The address of the request is not an absolute http or https address.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var original = request.RequestUri;
        if (!TryRewrite(original, out var rewritten))
            throw new ArgumentException($"The request URI '{original}' is not a valid Dapr service invocation destination.", nameof(request));

        var withToken = !string.IsNullOrWhiteSpace(DaprApiToken) && request.Headers.TryAddWithoutValidation("dapr-api-token", DaprApiToken);
        try
        {
            request.RequestUri = rewritten;
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // A caller may send the same request again: it finds it as it was.
            request.RequestUri = original;
            if (withToken)
                request.Headers.Remove("dapr-api-token");
        }
    }

    internal bool TryRewrite(Uri? uri, [NotNullWhen(true)] out Uri? rewritten)
    {
        rewritten = null;
        if (uri is null || !uri.IsAbsoluteUri || !IsHttp(uri))
            return false;

        var appId = string.Equals(uri.Host, DefaultAppId, StringComparison.OrdinalIgnoreCase) ? DefaultAppId : uri.Host;
        rewritten = new UriBuilder(uri)
        {
            Scheme = daprEndpoint.Scheme,
            Host = daprEndpoint.Host,
            Port = daprEndpoint.Port,
            Path = $"/v1.0/invoke/{appId}/method{uri.AbsolutePath}",
        }.Uri;
        return true;
    }

    private static bool IsHttp(Uri uri) => uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps;
}
