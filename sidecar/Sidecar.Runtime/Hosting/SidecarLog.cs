using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Hosting;

/// <summary>What a sidecar says of its own life, in daprd's words: other people's scripts wait for these lines. The app id is told beside the message.</summary>
internal static partial class SidecarLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "HTTP server is running on port {Port}")]
    public static partial void HttpServed(this ILogger logger, string appId, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "API gRPC server is running on port {Port}")]
    public static partial void GrpcServed(this ILogger logger, string appId, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "application protocol: {Protocol}. waiting on port {Port}. This will block until the app is listening on that port.")]
    public static partial void WaitingForApp(this ILogger logger, string appId, string protocol, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "application discovered on port {Port}")]
    public static partial void AppDiscovered(this ILogger logger, string appId, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "dapr initialized. Status: Running. Init Elapsed {Elapsed}ms")]
    public static partial void Initialized(this ILogger logger, string appId, long elapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dapr is shutting down")]
    public static partial void ShuttingDown(this ILogger logger, string appId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void ResourceWarning(this ILogger logger, string appId, string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "the sidecar could not start")]
    public static partial void StartFailed(this ILogger logger, string appId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Block} did not stop cleanly")]
    public static partial void StopFailed(this ILogger logger, string appId, string block, Exception error);
}
