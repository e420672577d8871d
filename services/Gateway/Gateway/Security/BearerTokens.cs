using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Security;

/// <summary>Bearer tokens: from the OIDC issuer that <c>Authentication:Authority</c> names, or else from the development issuer in this process.</summary>
public static class BearerTokens
{
    public static void AddBearerTokens(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Authentication");
        var authority = settings["Authority"];
        var audience = settings["Audience"] ?? "orders";
        var useDevelopmentIssuer = string.IsNullOrEmpty(authority) && settings.GetValue("DevelopmentIssuer", false);
        if (string.IsNullOrEmpty(authority) && !useDevelopmentIssuer)
        {
            throw new InvalidOperationException("Nobody issues tokens: set Authentication:Authority to an OIDC issuer, or Authentication:DevelopmentIssuer to true on a developer's machine.");
        }

        builder.Services.AddSingleton(new DevelopmentIssuerOptions(useDevelopmentIssuer, audience));
        builder.Services.AddSingleton<DevelopmentIssuer>();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.Audience = audience;
            if (!useDevelopmentIssuer)
            {
                options.Authority = authority;
                return;
            }

            options.TokenValidationParameters = new TokenValidationParameters { ValidIssuer = DevelopmentIssuer.Name, ValidAudience = audience, ValidAlgorithms = [SecurityAlgorithms.HmacSha256] };
            options.Events = new JwtBearerEvents { OnMessageReceived = UseDevelopmentKeyAsync };
        });
    }

    private static async Task UseDevelopmentKeyAsync(MessageReceivedContext context)
    {
        if (context.Options.TokenValidationParameters.IssuerSigningKey is null && context.Request.Headers.Authorization.Count > 0)
        {
            var issuer = context.HttpContext.RequestServices.GetRequiredService<DevelopmentIssuer>();
            context.Options.TokenValidationParameters.IssuerSigningKey = await issuer.KeyAsync(context.HttpContext.RequestAborted);
        }
    }
}
