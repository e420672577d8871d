using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Proxying;

namespace Sidecar.Runtime.Hosting;

/// <summary>Answers of the gRPC port that belong to no method of the sidecar.</summary>
internal static class GrpcFallback
{
    /// <summary>
    /// A method nobody serves here: an app's, when the metadata names one. Without a name Dapr fails to proxy, with <see cref="GrpcStatusCode.Unknown"/>; a method that is
    /// missing from a service of the sidecar is told to be missing, so that clients fall back to what there is.
    /// </summary>
    public static Task HandleAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        if (ProxiedCall.TargetOf(context.Request.Headers) is { Length: > 0 } target)
            return context.GetSidecar().Invocation.Proxy.HandleAsync(context, target);

        var path = (context.Request.Path.Value ?? "").Split('/');
        context.RefuseGrpc(path switch
        {
            [_, var service, var method] when GrpcReflection.Services.Contains(service) => new GrpcException(GrpcStatusCode.Unimplemented, $"unknown method {method} for service {service}"),
            [_, _, _] => new GrpcException(GrpcStatusCode.Unknown, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found"),
            _ => new GrpcException(GrpcStatusCode.Unimplemented, $"malformed method name {context.Request.Path.Value}"),
        });
        return Task.CompletedTask;
    }

    /// <summary>A call without the API token.</summary>
    public static Task RefuseTokenAsync(HttpContext context) => RefuseAsync(context, GrpcStatusCode.Unauthenticated, "authentication error: api token mismatch");

    /// <summary>A call that no service is asked to answer.</summary>
    public static Task RefuseAsync(HttpContext context, GrpcStatusCode status, string message)
    {
        context.RefuseGrpc(new GrpcException(status, message));
        return Task.CompletedTask;
    }
}
