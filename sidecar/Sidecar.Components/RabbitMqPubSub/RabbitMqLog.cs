using Microsoft.Extensions.Logging;

namespace Sidecar.Components.RabbitMqPubSub;

internal static partial class RabbitMqLog
{
    [LoggerMessage(LogLevel.Warning, "The connection to RabbitMQ at {Address} is lost: {Reason}")]
    public static partial void Lost(ILogger logger, string address, string reason);

    [LoggerMessage(LogLevel.Information, "The connection to RabbitMQ at {Address} is back.")]
    public static partial void Reconnected(ILogger logger, string address);

    [LoggerMessage(LogLevel.Warning, "RabbitMQ at {Address} takes no publishes for now: {Reason}. It is low on memory or disk.")]
    public static partial void Blocked(ILogger logger, string address, string reason);

    [LoggerMessage(LogLevel.Warning, "The subscription of queue '{Queue}' is interrupted: {Reason} It is tried again.")]
    public static partial void Interrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(LogLevel.Debug, "Delivery of a message of queue '{Queue}' failed; requeued: {Requeued}.")]
    public static partial void DeliveryFailed(ILogger logger, string queue, bool requeued, Exception exception);

    [LoggerMessage(LogLevel.Error, "Delivery of a message of queue '{Queue}' failed; it is dropped, or dead-lettered if enableDeadLetter is on, for requeueInFailure is off: {Reason}")]
    public static partial void Dropped(ILogger logger, string queue, string reason);

    [LoggerMessage(LogLevel.Warning, "Publish metadata '{Name}' of topic '{Topic}' is '{Value}', which is no {Wanted}; it is ignored.")]
    public static partial void Ignored(ILogger logger, string name, string topic, string value, string wanted);

    [LoggerMessage(LogLevel.Warning, "Component '{Component}': metadata 'concurrency' has no effect in Dapr, whatever its reference says; write 'concurrencyMode'.")]
    public static partial void ConcurrencyIgnored(ILogger logger, string component);
}
