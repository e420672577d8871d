using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Hosting;

/// <summary>Building blocks that no component here can be configured for: they answer as daprd does without such a component.</summary>
internal static class UnconfiguredApis
{
    private static readonly string[] s_write = [HttpMethods.Post, HttpMethods.Put];

    /// <summary>Maps configuration and bindings.</summary>
    public static void MapUnconfiguredApis(this IEndpointRouteBuilder routes)
    {
        foreach (var version in (string[])["/v1.0", "/v1.0-alpha1"])
        {
            routes.MapGet($"{version}/configuration/{{store}}", Configuration);
            routes.MapGet($"{version}/configuration/{{store}}/subscribe", Configuration);
            routes.MapGet($"{version}/configuration/{{store}}/{{id}}/unsubscribe", Configuration);
        }

        routes.MapMethods("/v1.0/bindings/{name}", s_write, Binding);
    }

    public static DaprApiException NoConfiguration() => new("ERR_CONFIGURATION_STORE_NOT_CONFIGURED", 500, 9, "configuration stores not configured");

    public static DaprApiException NoBinding(string name) =>
        new("ERR_INVOKE_OUTPUT_BINDING", 500, 13, $"error invoking output binding {name}: couldn't find output binding {name}");

    private static Task Configuration(HttpContext http) => throw NoConfiguration();

    private static Task Binding(HttpContext http) => throw NoBinding(http.RouteText("name"));
}
