using Microsoft.AspNetCore.Authentication;

namespace Dapr.AspNetCore;

/// <summary>Options of the scheme that recognises the sidecar.</summary>
public class DaprAuthenticationOptions : AuthenticationSchemeOptions
{
    internal const string DefaultScheme = "Dapr";

    /// <summary>The token the sidecar must present; <c>APP_API_TOKEN</c> unless set.</summary>
    public string Token { get; set; } = null!;
}
