using Microsoft.Extensions.Logging;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>What the component tells.</summary>
internal static partial class KafkaLog
{
    [LoggerMessage(LogLevel.Debug, "librdkafka {Client}: {Message}")]
    public static partial void Library(ILogger logger, string client, string message);

    [LoggerMessage(LogLevel.Information, "Group {Group} gave this instance {Partitions}.")]
    public static partial void Assigned(ILogger logger, string group, string partitions);

    [LoggerMessage(LogLevel.Information, "Group {Group} took {Partitions} from this instance.")]
    public static partial void Revoked(ILogger logger, string group, string partitions);

    [LoggerMessage(LogLevel.Warning, "Group {Group}: {Reason}; the client goes on trying.")]
    public static partial void Trouble(ILogger logger, string group, string reason);

    [LoggerMessage(LogLevel.Error, "Group {Group}: the consumer broke ({Reason}) and is made anew.")]
    public static partial void Broke(ILogger logger, string group, string reason);

    [LoggerMessage(LogLevel.Warning, "Group {Group}: offsets could not be committed ({Reason}); what was handled since the last commit will come again.")]
    public static partial void CommitFailed(ILogger logger, string group, string reason);

    [LoggerMessage(LogLevel.Warning, "{Partition} was given up while the message at {Offset} was still being handled; it will come again elsewhere.")]
    public static partial void Abandoned(ILogger logger, string partition, long offset);

    [LoggerMessage(LogLevel.Warning, "The message at {Partition} {Offset} failed and is tried again in {Wait}; its partition waits: {Reason}")]
    public static partial void Retrying(ILogger logger, string partition, long offset, TimeSpan wait, string reason);

    [LoggerMessage(LogLevel.Error, "The message at {Partition} {Offset} failed and is passed over: {Reason}")]
    public static partial void PassedOver(ILogger logger, string partition, long offset, string reason);
}
