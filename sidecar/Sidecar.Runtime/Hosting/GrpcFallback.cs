using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Hosting;

/// <summary>Answers of the gRPC port that belong to no method.</summary>
internal static class GrpcFallback
{
    /// <summary>A method nobody serves.</summary>
    public static Task HandleAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "").Split('/');
        context.RefuseGrpc(new GrpcException(
            GrpcStatusCode.Unimplemented, path.Length == 3 ? $"unknown method {path[2]} for service {path[1]}" : $"malformed method name {context.Request.Path.Value}"));
        return Task.CompletedTask;
    }

    /// <summary>A call without the API token.</summary>
    public static Task RefuseTokenAsync(HttpContext context)
    {
        context.RefuseGrpc(new GrpcException(GrpcStatusCode.Unauthenticated, "authentication error: api token mismatch"));
        return Task.CompletedTask;
    }
}
