using Microsoft.Extensions.Logging;
using Sidecar.Components.Nats;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary><c>pubsub.jetstream</c>. The connection is shared by the sidecars of a host that name the same server in the same way; consumers are each sidecar's own.</summary>
internal sealed class JetStreamBus(Lease<NatsConnection> lease, JetStreamOptions options, ILogger logger) : IBulkPubSub
{
    private readonly JetStreamApi _api = new(lease.Instance, options.ApiPrefix);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<JetStreamSubscription> _subscriptions = [];

    private JetStreamPublisher Publisher => field ??= new JetStreamPublisher(_api, logger);

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = [];

    public ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken) => Publisher.PublishAsync(message, cancellationToken);

    public ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken) =>
        Publisher.PublishBulkAsync(messages, cancellationToken);

    public async Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken) =>
        await StartAsync(subscription, JetStreamBatch.OneByOne(handler), cancellationToken);

    public async Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken) =>
        await StartAsync(subscription, new JetStreamBatch(maxMessages, maxAwait, handler), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<JetStreamSubscription> left;
        lock (_gate)
        {
            left = [.. _subscriptions];
        }

        try
        {
            // The connection may be shared: what nobody has ended must not go on taking messages.
            await Task.WhenAll(left.Select(subscription => subscription.DisposeAsync().AsTask())).WaitAsync(s_patience, lease.Instance.Time);
        }
        catch (TimeoutException)
        {
            JetStreamLog.StillHandling(logger, left.Count);
        }

        await lease.DisposeAsync();
    }

    private async Task<JetStreamSubscription> StartAsync(TopicSubscription subscription, JetStreamBatch batch, CancellationToken cancellationToken)
    {
        var started = await JetStreamSubscription.StartAsync(_api, options, subscription.Topic, batch, logger, _stopping.Token, cancellationToken);
        lock (_gate)
        {
            _subscriptions.RemoveAll(other => other.IsEnded);
            _subscriptions.Add(started);
        }

        return started;
    }
}
