using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Hosting;

/// <summary>Building blocks that no component here can be configured for: they answer as daprd does without such a component.</summary>
internal static class UnconfiguredApis
{
    private static readonly string[] s_write = [HttpMethods.Post, HttpMethods.Put];

    /// <summary>Maps bindings.</summary>
    public static void MapUnconfiguredApis(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1.0/bindings/{name}", s_write, Binding);
    }

    public static DaprApiException NoBinding(string name) =>
        new("ERR_INVOKE_OUTPUT_BINDING", 500, 13, $"error invoking output binding {name}: couldn't find output binding {name}");

    private static Task Binding(HttpContext http) => throw NoBinding(http.RouteText("name"));
}
