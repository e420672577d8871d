using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Sidecar.Runtime.Middleware;

namespace Sidecar.Components.BearerMiddleware;

/// <summary>Passes on what carries a token of the issuer for the audience, within five minutes of its time; everything else is 401.</summary>
internal sealed class Bearer(string issuer, string audience, IConfigurationManager<OpenIdConnectConfiguration> keys, HttpClient client, TimeProvider time) : IHttpMiddleware
{
    private const string Prefix = "Bearer ";

    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    private readonly JsonWebTokenHandler _handler = new();

    /// <inheritdoc/>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && await IsValidAsync(header[Prefix.Length..], context.RequestAborted))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync("Unauthorized", context.RequestAborted);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> IsValidAsync(string token, CancellationToken cancellationToken)
    {
        var result = await ValidateAsync(token, cancellationToken);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The issuer may have changed its keys.
            keys.RequestRefresh();
            result = await ValidateAsync(token, cancellationToken);
        }

        return result.IsValid;
    }

    private async Task<TokenValidationResult> ValidateAsync(string token, CancellationToken cancellationToken) => await _handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = issuer,
        ValidAudience = audience,
        IssuerSigningKeys = (await keys.GetConfigurationAsync(cancellationToken)).SigningKeys,
        LifetimeValidator = (notBefore, expires, _, _) => (notBefore is null || notBefore <= Now + s_skew) && (expires is null || expires > Now - s_skew),
    });

    private DateTime Now => time.GetUtcNow().UtcDateTime;
}
