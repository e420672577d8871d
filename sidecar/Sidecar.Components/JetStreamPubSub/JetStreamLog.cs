using Microsoft.Extensions.Logging;

namespace Sidecar.Components.JetStreamPubSub;

internal static partial class JetStreamLog
{
    [LoggerMessage(LogLevel.Warning, "Message {Sequence} of stream {Stream}, topic {Topic}, was not handled and will come again: {Problem}")]
    public static partial void NotHandled(ILogger logger, ulong sequence, string stream, string topic, string problem);

    [LoggerMessage(LogLevel.Warning, "A message of topic {Topic} is settled, but the server could not be told and will deliver it again: {Problem}")]
    public static partial void NotSettled(ILogger logger, string topic, string problem);

    [LoggerMessage(LogLevel.Error, "Topic {Topic} got something that is no JetStream message (reply '{Reply}'); it is left out.")]
    public static partial void NotJetStream(ILogger logger, string topic, string? reply);

    [LoggerMessage(LogLevel.Warning, "Consumer {Consumer} of stream {Stream}, topic {Topic}, was gone and is made again.")]
    public static partial void ConsumerMadeAgain(ILogger logger, string consumer, string stream, string topic);

    [LoggerMessage(LogLevel.Warning, "The consumer for topic {Topic} cannot be looked at yet: {Problem}")]
    public static partial void ConsumerUnsure(ILogger logger, string topic, string problem);

    [LoggerMessage(LogLevel.Warning, "Topic {Topic} comes faster than it is handled: messages are left to the server, which delivers them again if they are to be acknowledged.")]
    public static partial void TooFast(ILogger logger, string topic);

    [LoggerMessage(LogLevel.Debug, "The ephemeral consumer {Consumer} could not be deleted; the server does so by itself: {Problem}")]
    public static partial void ConsumerNotDeleted(ILogger logger, string consumer, string problem);

    [LoggerMessage(LogLevel.Debug, "A message to topic {Topic} has no id: JetStream cannot tell it from a repeated one.")]
    public static partial void NoMessageId(ILogger logger, string topic);

    [LoggerMessage(LogLevel.Warning, "The app is still handling messages of {Count} subscriptions while the component ends; they will be delivered again.")]
    public static partial void StillHandling(ILogger logger, int count);
}
