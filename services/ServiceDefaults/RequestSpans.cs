using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults;

/// <summary>Names the span of a request by its method and route, as OpenTelemetry's conventions ask, and leaves health probes out: there is one every second and it tells nothing.</summary>
internal static class RequestSpans
{
    public static void UseRequestSpans(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } span && context.GetEndpoint() is { } endpoint)
        {
            if (context.Request.Path.StartsWithSegments(ServiceDefaultsExtensions.HealthPath))
            {
                span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }

            span.DisplayName = endpoint is RouteEndpoint { RoutePattern.RawText: { } route } ? $"{context.Request.Method} {route}" : context.Request.Method;
        }

        return next(context);
    });
}
