using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Sidecar.Components.BearerMiddleware;

/// <summary>Reads a key set that has an address of its own, where the issuer tells none.</summary>
internal sealed class KeySetRetriever(string issuer) : IConfigurationRetriever<OpenIdConnectConfiguration>
{
    /// <inheritdoc/>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = issuer };
        foreach (var key in JsonWebKeySet.Create(await retriever.GetDocumentAsync(address, cancel)).GetSigningKeys())
            configuration.SigningKeys.Add(key);
        return configuration;
    }
}
