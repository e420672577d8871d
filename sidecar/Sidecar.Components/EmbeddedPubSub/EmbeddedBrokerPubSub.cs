using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary><c>pubsub.embedded</c>: one component's view of the broker that the sidecars of a host share.</summary>
internal sealed class EmbeddedBrokerPubSub(Lease<EmbeddedBroker> lease, SubscriberOptions options) : IBulkPubSub
{
    private static readonly string[] Features = ["MESSAGE_TTL", "BULK_PUBSUB"];

    public IReadOnlyList<string> Capabilities => Features;

    /// <summary>The broker behind it.</summary>
    public EmbeddedBroker Broker => lease.Instance;

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken) =>
        await lease.Instance.PublishAsync([message], cancellationToken);

    public async ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        await lease.Instance.PublishAsync(messages, cancellationToken);
        return new Exception?[messages.Count];
    }

    public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken) =>
        Task.FromResult(lease.Instance.Subscribe(subscription.Topic, subscription.ConsumerGroup, options, handler));

    public Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken) =>
        Task.FromResult(lease.Instance.SubscribeBulk(
            subscription.Topic, subscription.ConsumerGroup, options, new BulkDelivery(maxMessages, maxAwait, handler)));

    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
