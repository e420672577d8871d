using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.PubSub;

internal static partial class PubSubLog
{
    [LoggerMessage(LogLevel.Information, "App is subscribed to {Topics} of pubsub {PubSub}.")]
    public static partial void Subscribed(ILogger logger, string pubSub, string topics);

    [LoggerMessage(LogLevel.Error, "Subscription to topic {Topic} on pubsub {PubSub} failed; the app gets nothing from it.")]
    public static partial void SubscribeFailed(ILogger logger, string topic, string pubSub, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription to topic {Topic} on pubsub {PubSub} is left out: {Problem}")]
    public static partial void SubscriptionRefused(ILogger logger, string topic, string pubSub, string problem);

    [LoggerMessage(LogLevel.Error, "The app's subscriptions (GET /dapr/subscribe, or ListTopicSubscriptions of a gRPC app) cannot be had: {Problem}")]
    public static partial void DiscoveryFailed(ILogger logger, string problem);

    [LoggerMessage(LogLevel.Warning, "Event {Id} of topic {Topic} is dropped: the app answers DROP.")]
    public static partial void Dropped(ILogger logger, string id, string topic);

    [LoggerMessage(LogLevel.Error, "Event {Id} of topic {Topic} is dropped: the app has no route '{Path}' (404).")]
    public static partial void RouteMissing(ILogger logger, string id, string topic, string path);

    [LoggerMessage(LogLevel.Warning, "Event {Id} of topic {Topic} is dropped: the app answers Unimplemented.")]
    public static partial void NotImplemented(ILogger logger, string id, string topic);

    [LoggerMessage(LogLevel.Warning, "Event {Id} of topic {Topic} is dropped: it expired.")]
    public static partial void Expired(ILogger logger, string id, string topic);

    [LoggerMessage(LogLevel.Debug, "Event {Id} of topic {Topic} matches no route and is skipped.")]
    public static partial void NoRoute(ILogger logger, string id, string topic);

    [LoggerMessage(LogLevel.Error, "A message of topic {Topic} on pubsub {PubSub} cannot be handled: {Problem}")]
    public static partial void Unreadable(ILogger logger, string topic, string pubSub, string problem);

    [LoggerMessage(LogLevel.Warning, "Event {Id} of topic {Topic} could not be delivered: {Problem}")]
    public static partial void DeliveryFailed(ILogger logger, string id, string topic, string problem);

    [LoggerMessage(LogLevel.Error, "{Count} events of topic {Topic} could not be sent to the dead-letter topic {DeadLetterTopic}: {Problem}")]
    public static partial void DeadLetterFailed(ILogger logger, int count, string topic, string deadLetterTopic, string problem);

    [LoggerMessage(LogLevel.Information, "{Count} events of topic {Topic} go to the dead-letter topic {DeadLetterTopic}.")]
    public static partial void DeadLettered(ILogger logger, int count, string topic, string deadLetterTopic);
}
