using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// <c>pubsub.rabbitmq</c>. Publishes and deliveries have a connection each: a broker low on memory stops reading from those who publish, and acknowledgements
/// on the same connection would be stuck with them.
/// </summary>
internal sealed class RabbitMqBroker : IBulkPubSub
{
    // Batches are pipelined here, but Dapr's component does not name BULK_PUBSUB, and clients may look.
    private static readonly string[] s_capabilities = ["MESSAGE_TTL"];
    private readonly Lock _lock = new();
    private readonly List<QueueSubscription> _subscriptions = [];
    private readonly RabbitMqOptions _options;
    private readonly RabbitMqConnection _publishing;
    private readonly RabbitMqConnection _consuming;
    private readonly RabbitMqPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public RabbitMqBroker(RabbitMqOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _publishing = new RabbitMqConnection(options, logger);
        _consuming = new RabbitMqConnection(options, logger);
        _publisher = new RabbitMqPublisher(_publishing, options, time, logger);
    }

    public IReadOnlyList<string> Capabilities => s_capabilities;

    /// <summary>Connects, as a check of address and credentials.</summary>
    /// <exception cref="RabbitMqException">There is no connection.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken) => _publishing.GetAsync(cancellationToken);

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        if ((await _publisher.PublishAsync([message], cancellationToken))[0] is { } error)
            throw error;
    }

    public ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(messages, cancellationToken);

    public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken)
    {
        var topology = new Topology(subscription, _options);
        return StartAsync(topology, new SingleDeliveries(topology.Queue, _options, handler, _logger), cancellationToken);
    }

    public Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken)
    {
        var topology = new Topology(subscription, _options);
        return StartAsync(topology, new BulkDeliveries(topology.Queue, _options, maxMessages, maxAwait, handler, _time, _logger), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        List<QueueSubscription> left;
        lock (_lock)
            left = [.. _subscriptions];
        foreach (var subscription in left)
        {
            await subscription.AbandonAsync();
        }

        await _publisher.DisposeAsync();
        await _publishing.DisposeAsync();
        await _consuming.DisposeAsync();
    }

    private async Task<IAsyncDisposable> StartAsync(Topology topology, DeliveryRunner deliveries, CancellationToken cancellationToken)
    {
        var subscription = new QueueSubscription(_consuming, topology, deliveries, _options, _time, _logger, Remove);
        lock (_lock)
            _subscriptions.Add(subscription);
        try
        {
            await subscription.StartedAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    private void Remove(QueueSubscription subscription)
    {
        lock (_lock)
            _subscriptions.Remove(subscription);
    }
}
