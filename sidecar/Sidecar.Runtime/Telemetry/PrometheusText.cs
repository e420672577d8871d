using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Telemetry;

/// <summary>The metrics port: Prometheus text.</summary>
internal static class PrometheusText
{
    public static async Task WriteAsync(HttpContext http, SidecarInstance sidecar)
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await http.Response.WriteAsync($"dapr_runtime_component_loaded{{app_id=\"{sidecar.Options.AppId}\"}} {sidecar.Context.Resources.Components.Count}\n", http.RequestAborted);
    }
}
