using Microsoft.Extensions.Logging;

namespace Sidecar.Components.Nats;

internal static partial class NatsLog
{
    [LoggerMessage(LogLevel.Information, "Connected to NATS at {Address}.")]
    public static partial void Connected(ILogger logger, string address);

    [LoggerMessage(LogLevel.Warning, "The connection to NATS at {Address} is lost ({Reason}); trying again until it is back.")]
    public static partial void Lost(ILogger logger, string address, string reason);

    [LoggerMessage(LogLevel.Warning, "NATS at {Address} does not take us back yet: {Reason}")]
    public static partial void StillDown(ILogger logger, string address, string reason);

    [LoggerMessage(LogLevel.Warning, "NATS at {Address} is about to close for maintenance; its clients will reconnect.")]
    public static partial void Leaving(ILogger logger, string address);

    [LoggerMessage(LogLevel.Error, "NATS at {Address} reports: {Problem}")]
    public static partial void ServerError(ILogger logger, string address, string problem);

    [LoggerMessage(LogLevel.Error, "A message on subject {Subject} could not be taken in.")]
    public static partial void HandlerFailed(ILogger logger, string subject, Exception error);
}
