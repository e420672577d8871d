using Microsoft.Extensions.Logging;

namespace Sidecar.Cli.Daprd;

/// <summary>What daprd says of its process.</summary>
internal static partial class DaprdLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Starting Dapr Runtime -- version {Version} -- embedded sidecar {Build}")]
    public static partial void Starting(this ILogger logger, string appId, string version, string build);

    [LoggerMessage(Level = LogLevel.Information, Message = "Log level set to: {Level}")]
    public static partial void LevelSet(this ILogger logger, string appId, string level);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Note}")]
    public static partial void Note(this ILogger logger, string appId, string note);

    [LoggerMessage(Level = LogLevel.Information, Message = "Blocking graceful shutdown for {Duration} or until app reports unhealthy...")]
    public static partial void BlockingShutdown(this ILogger logger, string appId, TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Information, Message = "Received signal to reload; the sidecar starts again")]
    public static partial void Reloading(this ILogger logger, string appId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Daprd shutdown gracefully")]
    public static partial void Ended(this ILogger logger, string appId);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Fatal error from runtime: {Problem}")]
    public static partial void Fatal(this ILogger logger, string appId, string problem);
}
