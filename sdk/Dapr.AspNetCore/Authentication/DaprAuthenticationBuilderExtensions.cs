using Dapr;
using Dapr.AspNetCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Authentication;

/// <summary>Adds the scheme that recognises the sidecar.</summary>
public static class DaprAuthenticationBuilderExtensions
{
    /// <summary>Adds the scheme <c>Dapr</c>: the header <c>dapr-api-token</c> must carry <c>APP_API_TOKEN</c>.</summary>
    public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder) => builder.AddDapr(_ => { });

    /// <summary>Adds the scheme <c>Dapr</c> with options of its own.</summary>
    public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder, Action<DaprAuthenticationOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<DaprAuthenticationOptions>, TokenFromConfiguration>());
        return builder.AddScheme<DaprAuthenticationOptions, DaprAuthenticationHandler>(DaprAuthenticationOptions.DefaultScheme, configureOptions);
    }

    private sealed class TokenFromConfiguration(IConfiguration? configuration = null) : IPostConfigureOptions<DaprAuthenticationOptions>
    {
        public void PostConfigure(string? name, DaprAuthenticationOptions options) =>
            options.Token ??= DaprDefaults.GetDefaultAppApiToken(configuration);
    }
}
