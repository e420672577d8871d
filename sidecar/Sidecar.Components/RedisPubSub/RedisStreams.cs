using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RedisPubSub;

/// <summary>
/// Pub/sub on Redis Streams as Dapr has it: a stream for each topic, a consumer group for each consumerID. A handler that failed is done with; only what was
/// interrupted or hung is delivered again. Time to live is the runtime's.
/// </summary>
internal sealed class RedisStreams : IBulkPubSub
{
    private static readonly string[] s_capabilities = [];
    private readonly Lock _lock = new();
    private readonly List<StreamSubscription> _subscriptions = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _workers;
    private readonly Lease<RedisClient> _lease;
    private readonly RedisClient _client;
    private readonly RedisPubSubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public RedisStreams(Lease<RedisClient> lease, RedisPubSubOptions options, TimeProvider time, ILogger logger)
    {
        (_lease, _client, _options, _time, _logger) = (lease, lease.Instance, options, time, logger);
        _workers = new SemaphoreSlim(options.Concurrency);
    }

    public IReadOnlyList<string> Capabilities => s_capabilities;

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken) =>
        await _client.CallAsync(Add(message), cancellationToken);

    public async ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return [];
        var batch = new RedisBatch();
        foreach (var message in messages)
            batch.Add(Add(message));
        var replies = await _client.CallAsync(batch, repeatable: true, cancellationToken);
        return [.. replies.Select(reply => reply.IsError ? _client.Refusal("XADD", reply) : null)];
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

    public async Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken)
    {
        var group = new StreamGroup(_client, subscription.Topic, subscription.ConsumerGroup, _options, _time, _logger);
        await group.CreateAsync(cancellationToken);
        var added = new StreamSubscription(group, new UnitSize(maxMessages, maxAwait), handler, _workers, Forget, _closing.Token);
        lock (_lock)
            _subscriptions.Add(added);
        added.Start();
        return added;
    }

    public async ValueTask DisposeAsync()
    {
        StreamSubscription[] subscriptions;
        lock (_lock)
            subscriptions = [.. _subscriptions];
        await _closing.CancelAsync();
        foreach (var subscription in subscriptions)
            await subscription.DisposeAsync();
        await _lease.DisposeAsync();
    }

    private RedisArgument[] Add(PubSubMessage message)
    {
        var metadata = StreamEntry.WriteMetadata(message.Metadata);
        if (_options.MaxLength > 0)
            return ["XADD", message.Topic, "MAXLEN", "~", _options.MaxLength, "*", "data", message.Data, "metadata", metadata];
        if (_options.StreamTimeToLive > TimeSpan.Zero)
            return ["XADD", message.Topic, "MINID", "~", $"{(_time.GetUtcNow() - _options.StreamTimeToLive).ToUnixTimeMilliseconds()}-1", "*", "data", message.Data, "metadata", metadata];
        return ["XADD", message.Topic, "*", "data", message.Data, "metadata", metadata];
    }

    private void Forget(StreamSubscription subscription)
    {
        lock (_lock)
            _subscriptions.Remove(subscription);
    }
}
