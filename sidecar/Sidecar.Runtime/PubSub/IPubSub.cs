namespace Sidecar.Runtime.PubSub;

/// <summary>A message to publish, or one that was delivered.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Data">Payload as it goes over the broker: a CloudEvent as JSON, or raw bytes.</param>
/// <param name="Metadata">Publish metadata (<c>partitionKey</c>, <c>ttlInSeconds</c> …), or what the broker tells of a delivery.</param>
/// <param name="ContentType">Content type of <paramref name="Data"/>.</param>
public sealed record PubSubMessage(string Topic, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata, string ContentType = "application/cloudevents+json")
{
    /// <summary>Where a dead letter comes from; null for any other message. A broker that has no place for it leaves it out.</summary>
    public DeadLetterOrigin? Origin { get; init; }
}

/// <summary>Whose delivery failed for good.</summary>
/// <param name="Topic">Topic it was delivered from.</param>
/// <param name="Group">Consumer group that could not handle it.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record DeadLetterOrigin(string Topic, string Group, string Reason);

/// <summary>What to subscribe to.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="ConsumerGroup">The component's <c>consumerID</c>, else the app id: subscribers of one group share the messages.</param>
/// <param name="Metadata">Subscription metadata.</param>
public sealed record TopicSubscription(string Topic, string ConsumerGroup, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Takes a delivery. Returning acknowledges; throwing leaves redelivery to the component's own rules.</summary>
public delegate Task MessageHandler(PubSubMessage message, CancellationToken cancellationToken);

/// <summary>Takes a batch; the answer has one entry per message, null for done, an error for one to be redelivered.</summary>
public delegate Task<IReadOnlyList<Exception?>> BulkMessageHandler(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken);

/// <summary>A pub/sub component.</summary>
public interface IPubSub : IAsyncDisposable
{
    /// <summary>Dapr's capability names: MESSAGE_TTL, SUBSCRIBE_WILDCARDS, BULK_PUBSUB.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Publishes; returns when the broker has taken the message (durably, if it is durable). The data is the component's to read only until then.</summary>
    ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken);

    /// <summary>Subscribes until the answer is disposed, which waits for deliveries under way.</summary>
    Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken);
}

/// <summary>A component that publishes and delivers batches natively; others get the runtime's one-by-one form.</summary>
public interface IBulkPubSub : IPubSub
{
    /// <summary>Publishes all; the answer has one entry per message, null for taken, else why not. The data is the component's to read only until then.</summary>
    ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken);

    /// <summary>Subscribes with batches of at most <paramref name="maxMessages"/>, waiting at most <paramref name="maxAwait"/> to fill one.</summary>
    Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken);
}
