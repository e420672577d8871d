using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Health;

/// <summary>Health and shutdown over HTTP.</summary>
public static class HealthHttpApi
{
    /// <summary>Maps <c>/v1.0/healthz</c>, <c>/v1.0/healthz/outbound</c> and <c>/v1.0/shutdown</c>.</summary>
    public static void MapHealthApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1.0/healthz", Healthz);
        routes.MapGet("/v1.0/healthz/outbound", Outbound);
        routes.MapPost("/v1.0/shutdown", Shutdown);
    }

    private static Task Healthz(HttpContext http)
    {
        var sidecar = http.GetSidecar();
        var appId = http.Request.Query["appid"].ToString();
        if (!sidecar.IsReady)
            throw new DaprApiException("ERR_HEALTH_NOT_READY", 500, 13, "dapr is not ready");
        if (http.Request.Query.ContainsKey("appid") && appId != sidecar.Options.AppId)
            throw new DaprApiException("ERR_HEALTH_APPID_NOT_MATCH", 500, 13, "dapr app-id does not match");
        return NoContent(http);
    }

    private static Task Outbound(HttpContext http) => http.GetSidecar().IsOutboundReady
        ? NoContent(http)
        : throw new DaprApiException("ERR_OUTBOUND_HEALTH_NOT_READY", 500, 13, "dapr outbound is not ready");

    /// <summary>Stops the sidecar once the answer has gone out; the header <c>dapr-force-shutdown</c> waits for nothing else.</summary>
    internal static void StopAfterAnswer(HttpContext http)
    {
        var sidecar = http.GetSidecar();
        var isForced = http.Request.Headers["dapr-force-shutdown"] == "true";
        http.Response.OnCompleted(() =>
        {
            _ = sidecar.StopAsync(isForced ? TimeSpan.Zero : sidecar.Options.GracefulShutdown);
            return Task.CompletedTask;
        });
    }

    private static Task Shutdown(HttpContext http)
    {
        StopAfterAnswer(http);
        return NoContent(http);
    }

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
