using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Invocation;

namespace Sidecar.Runtime.Access;

/// <summary>Keeps requests from APIs that their sidecar does not serve; stands right after routing.</summary>
internal static class ApiAccessPipeline
{
    /// <summary>What is not served goes to the fallback, as if it were not mapped.</summary>
    public static void UseHttpApiAccess(this IApplicationBuilder pipeline) => pipeline.Use(next => context =>
    {
        if (context.GetEndpoint() is RouteEndpoint found && !context.GetSidecar().Context.Api.AllowsRoute(found.RoutePattern.RawText ?? ""))
            context.SetEndpoint(null);
        return next(context);
    });

    /// <summary>What is not served is refused as not implemented.</summary>
    public static void UseGrpcApiAccess(this IApplicationBuilder pipeline) => pipeline.Use(next => context =>
    {
        if (context.GetSidecar().Context.Api.AllowsMethod(context.Request.Path.Value ?? ""))
            return next(context);
        context.RefuseGrpc(InvocationGrpcApi.ToError(StatusCodes.Status501NotImplemented, "requested endpoint is not available"));
        return Task.CompletedTask;
    });
}
