using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.KafkaPubSub;

/// <summary><c>pubsub.kafka</c>: one component of one app instance. The producer is shared by the host's components with the same settings; the consumer is the instance's own.</summary>
internal sealed class KafkaBroker(KafkaSettings settings, Lease<KafkaProducer> producer, TimeProvider time, ILogger logger) : IBulkPubSub
{
    private static readonly string[] s_capabilities = ["BULK_PUBSUB"];
    private static readonly Exception?[] s_done = [null];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, GroupConsumer> _groups = new(StringComparer.Ordinal);
    private bool _disposed;

    public IReadOnlyList<string> Capabilities => s_capabilities;

    /// <summary>How many partitions its groups gave this instance.</summary>
    public int Partitions
    {
        get
        {
            lock (_lock)
                return _groups.Values.Sum(group => group.Partitions);
        }
    }

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken) => await producer.Instance.PublishAsync(message, cancellationToken);

    public async ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken) =>
        await producer.Instance.PublishAsync(messages, cancellationToken);

    public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken) =>
        SubscribeBulkAsync(
            subscription, 1, TimeSpan.Zero,
            async (messages, token) =>
            {
                await handler(messages[0], token);
                return s_done;
            },
            cancellationToken);

    public Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken)
    {
        if (subscription.Metadata.TryGetValue("valueSchemaType", out var schema) && !schema.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException(
                $"subscription to topic '{subscription.Topic}' asks for valueSchemaType '{schema}', but the embedded sidecar speaks to no schema registry; subscribe to JSON, or run the app with daprd");
        }

        return Task.FromResult<IAsyncDisposable>(Group(settings.ConsumerGroup ?? subscription.ConsumerGroup).Subscribe(subscription.Topic, maxMessages, maxAwait, handler));
    }

    public async ValueTask DisposeAsync()
    {
        List<GroupConsumer> groups;
        lock (_lock)
        {
            _disposed = true;
            groups = [.. _groups.Values];
        }

        await Task.WhenAll(groups.Select(group => group.DisposeAsync().AsTask()));
        await producer.DisposeAsync();
    }

    private GroupConsumer Group(string groupId)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_groups.TryGetValue(groupId, out var group))
                _groups.Add(groupId, group = new GroupConsumer(groupId, settings, time, logger));
            return group;
        }
    }
}
