using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Hosting;

/// <summary>Answers of the gRPC port that belong to no method.</summary>
internal static class GrpcFallback
{
    public const int Unimplemented = 12;
    public const int Unauthenticated = 16;

    /// <summary>A method nobody serves, server reflection included: SDKs then go on without it.</summary>
    public static Task HandleAsync(HttpContext context) =>
        RefuseAsync(context, Unimplemented, $"unknown method {Uri.EscapeDataString(context.Request.Path.Value ?? "").Replace("%2F", "/", StringComparison.Ordinal)}");

    /// <summary>An answer of headers only.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = message;
        return Task.CompletedTask;
    }
}
