using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Outbox;

internal static partial class OutboxLog
{
    [LoggerMessage(LogLevel.Information, "State store {Store} tells {PubSub}/{Topic} of its transactions, coordinated by {InternalPubSub}/{InternalTopic}.")]
    public static partial void Subscribed(ILogger logger, string store, string pubSub, string topic, string internalPubSub, string internalTopic);

    [LoggerMessage(LogLevel.Warning, "The outbox of state store {Store} cannot work: there is no pubsub component '{PubSub}' for its internal topic.")]
    public static partial void NoPubSub(ILogger logger, string store, string pubSub);

    [LoggerMessage(LogLevel.Error, "The outbox of state store {Store} cannot subscribe to its internal topic {Topic}.")]
    public static partial void SubscribeFailed(ILogger logger, string store, string topic, Exception exception);

    [LoggerMessage(LogLevel.Warning, "A projection of key '{Key}' has no upsert of that key beside it in its transaction and is not told to anybody.")]
    public static partial void LoneProjection(ILogger logger, string key);

    [LoggerMessage(LogLevel.Error, "Event {Id} for {PubSub}/{Topic} is discarded: its transaction left no marker.")]
    public static partial void Discarded(ILogger logger, string id, string pubSub, string topic);

    [LoggerMessage(LogLevel.Error, "Event {Id} for {PubSub}/{Topic} goes back to the broker: its transaction left no marker yet. If it never committed, outboxDiscardWhenMissingState ends this.")]
    public static partial void PutBack(ILogger logger, string id, string pubSub, string topic);
}
