using System.Security.Cryptography;
using System.Text;
using Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults;

/// <summary>
/// Where APP_API_TOKEN is set, only the sidecar is served: it sends the token with every call. An endpoint that is open to the world, as the Gateway's are, says so with
/// <see cref="OpenToTheWorld"/>; health probes need no token.
/// </summary>
public static class AppToken
{
    private const string Header = "dapr-api-token";

    /// <summary>Serves the endpoint without the sidecar's token.</summary>
    public static TBuilder OpenToTheWorld<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OpenEndpoint());

    internal static void UseAppToken(this WebApplication app)
    {
        if (DaprDefaults.GetDefaultAppApiToken(app.Configuration) is not { Length: > 0 } token)
        {
            return;
        }

        var expected = Encoding.UTF8.GetBytes(token);
        app.UseRouting();
        app.Use((context, next) =>
        {
            // Routing's own refusals (405, 415) are no routes: they serve nothing, so they need no token.
            var endpoint = context.GetEndpoint();
            var isRefusal = endpoint is not null and not RouteEndpoint;
            var given = Encoding.UTF8.GetBytes(context.Request.Headers[Header].ToString());
            if (isRefusal || endpoint?.Metadata.GetMetadata<OpenEndpoint>() is not null || CryptographicOperations.FixedTimeEquals(given, expected))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
    }

    private sealed record OpenEndpoint;
}
