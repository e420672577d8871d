using Microsoft.Extensions.Logging;

namespace Sidecar.Components.EmbeddedPubSub;

internal static partial class BrokerLog
{
    [LoggerMessage(LogLevel.Warning, "'{File}' ends in the middle of a write: cut at byte {Position}, {Bytes} bytes dropped. No publish of these was acknowledged unless the file was damaged.")]
    public static partial void TailCut(ILogger logger, string file, long position, long bytes);

    [LoggerMessage(LogLevel.Warning, "The group journal in '{Directory}' ends in the middle of a write: {Bytes} bytes dropped. Some messages may be delivered again.")]
    public static partial void JournalCut(ILogger logger, string directory, long bytes);

    [LoggerMessage(LogLevel.Error, "The broker in '{Directory}' could not write.")]
    public static partial void WriteFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(LogLevel.Error, "The broker in '{Directory}' could not read its log; it tries again.")]
    public static partial void ReadFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(LogLevel.Debug, "Delivery of {Topic} message {Sequence} to {Group} failed.")]
    public static partial void DeliveryFailed(ILogger logger, string topic, long sequence, string group, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Topic} message {Sequence} is given up for {Group} after {Deliveries} deliveries: {Reason}")]
    public static partial void GivenUp(ILogger logger, string topic, long sequence, string group, int deliveries, string reason);

    [LoggerMessage(LogLevel.Warning, "{Topic} holds as many dead letters as it may (deadLetterDepth): number {Sequence}, the oldest, is let go.")]
    public static partial void LetterLetGo(ILogger logger, string topic, long sequence);

    [LoggerMessage(LogLevel.Warning, "The broker in '{Directory}' stops while deliveries are under way; they come again after the next start.")]
    public static partial void DeliveriesLeft(ILogger logger, string directory);
}
