using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Dapr.Client;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServiceDefaults;

namespace Gateway.Security;

/// <summary>Whether the development issuer is on, and for which audience it issues.</summary>
public sealed record DevelopmentIssuerOptions(bool IsOn, string Audience);

/// <summary>Issues tokens to anybody who asks, signed with a key from the Dapr secret store, so that every instance of the Gateway accepts them. For development only.</summary>
public sealed class DevelopmentIssuer(DaprClient dapr, DevelopmentIssuerOptions options, TimeProvider clock)
{
    public const string Name = "development-issuer";

    private const string SecretStore = "secrets";
    private const string SecretName = "development-issuer-key";
    private static readonly TimeSpan _lifetime = TimeSpan.FromHours(1);

    private SymmetricSecurityKey? _key;

    public async Task<SecurityKey> KeyAsync(CancellationToken cancellationToken)
    {
        if (_key is null)
        {
            var secret = await dapr.GetSecretAsync(SecretStore, SecretName, cancellationToken: cancellationToken);
            _key = new SymmetricSecurityKey(SHA256.HashData(Encoding.UTF8.GetBytes(secret[SecretName])));
        }

        return _key;
    }

    public async Task<string> IssueAsync(string name, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = options.Audience,
            Subject = new ClaimsIdentity([new Claim("sub", name), new Claim("name", name)]),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + _lifetime,
            SigningCredentials = new SigningCredentials(await KeyAsync(cancellationToken), SecurityAlgorithms.HmacSha256),
        });
    }
}

/// <summary>Where the development issuer is asked.</summary>
public static class DevelopmentIssuerApi
{
    public static void MapDevelopmentIssuer(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<DevelopmentIssuerOptions>().IsOn)
        {
            routes.MapPost("/development/tokens", IssueAsync).WithTags("Development").WithSummary("A token for whatever name you say; off where Authentication:Authority names an issuer");
        }
    }

    private static async Task<TokenAnswer> IssueAsync(TokenRequest request, DevelopmentIssuer issuer, CancellationToken cancellationToken) => string.IsNullOrWhiteSpace(request.Name)
        ? throw new ImpossibleRequestException("'name' must not be empty.")
        : new TokenAnswer(await issuer.IssueAsync(request.Name, cancellationToken));

    /// <summary>Who wants a token.</summary>
    public sealed record TokenRequest(string Name);

    /// <summary>A bearer token, good for an hour.</summary>
    public sealed record TokenAnswer(string AccessToken);
}
