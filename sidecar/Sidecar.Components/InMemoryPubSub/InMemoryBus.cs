using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.InMemoryPubSub;

/// <summary>
/// Messages go to the subscriptions there are at that moment, one after the other for each; a failed delivery is logged and gone. A topic that ends in
/// <c>*</c> subscribes to all topics that start so. A subscription holds 10,000 messages; publishers wait 5 s for room and are refused then. Every subscription gets every message: there are no groups.
/// </summary>
internal sealed partial class InMemoryBus(TimeProvider time, ILogger logger) : IBulkPubSub
{
    private static readonly string[] s_capabilities = ["SUBSCRIBE_WILDCARDS"];
    private readonly Lock _lock = new();
    private readonly List<InMemorySubscription> _subscriptions = [];

    public IReadOnlyList<string> Capabilities => s_capabilities;

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        // The caller's buffer is only lent.
        var kept = message with { Data = message.Data.ToArray() };
        InMemorySubscription[] subscriptions;
        lock (_lock)
            subscriptions = [.. _subscriptions];
        foreach (var subscription in subscriptions)
        {
            await subscription.OfferAsync(kept, cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            await PublishAsync(message, cancellationToken);
        }

        return new Exception?[messages.Count];
    }

    public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken) =>
        SubscribeBulkAsync(
            subscription, 1, TimeSpan.Zero,
            async (messages, token) =>
            {
                await handler(messages[0], token);
                return [null];
            },
            cancellationToken);

    public Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken)
    {
        var added = new InMemorySubscription(
            subscription.Topic, maxMessages, maxAwait, handler, time, Remove, exception => DeliveryFailed(logger, subscription.Topic, exception));
        lock (_lock)
            _subscriptions.Add(added);
        return Task.FromResult<IAsyncDisposable>(added);
    }

    public async ValueTask DisposeAsync()
    {
        List<InMemorySubscription> subscriptions;
        lock (_lock)
            subscriptions = [.. _subscriptions];
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync();
        }
    }

    [LoggerMessage(LogLevel.Error, "A delivery of topic {Topic} failed, and the message is lost: this component does not redeliver.")]
    private static partial void DeliveryFailed(ILogger logger, string topic, Exception exception);

    private void Remove(InMemorySubscription subscription)
    {
        lock (_lock)
            _subscriptions.Remove(subscription);
    }
}
