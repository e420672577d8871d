using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.BearerMiddleware;

/// <summary>Makes <c>middleware.http.bearer</c>: only requests with a valid token of the issuer pass. Its keys are fetched at start, and again when a token names another.</summary>
public sealed class BearerMiddlewareFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "middleware.http.bearer";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var issuer = component.RequiredText("issuer", "issuerURL");
        var audience = component.RequiredText("audience", "clientID");
        var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var documents = new HttpDocumentRetriever(client) { RequireHttps = false };
        var keys = component.Text("jwksURL") is { } jwks
            ? new ConfigurationManager<OpenIdConnectConfiguration>(jwks, new KeySetRetriever(issuer), documents)
            : new ConfigurationManager<OpenIdConnectConfiguration>($"{issuer.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), documents);
        try
        {
            await keys.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException error)
        {
            client.Dispose();
            throw new ComponentException(component, component.Text("jwksURL") is null ? "issuer" : "jwksURL", $"leads to no keys: {error.InnerException?.Message ?? error.Message}", error);
        }

        return new Bearer(issuer, audience, keys, client, context.Time);
    }
}
