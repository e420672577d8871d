using System.Threading.Channels;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.InMemoryPubSub;

/// <summary>One subscription of the in-memory bus: a queue and the loop that empties it. When it is full its publishers wait, but not for ever: a handler may publish to its own topic.</summary>
internal sealed class InMemorySubscription : IAsyncDisposable
{
    /// <summary>Most messages that wait for one subscription.</summary>
    public const int Depth = 10_000;

    /// <summary>Longest wait of a publisher for room.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<PubSubMessage> _queue = Channel.CreateBounded<PubSubMessage>(new BoundedChannelOptions(Depth) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly string _topic;
    private readonly int _maxMessages;
    private readonly TimeSpan _maxAwait;
    private readonly BulkMessageHandler _handler;
    private readonly TimeProvider _time;
    private readonly Action<InMemorySubscription> _removed;
    private readonly Action<Exception> _failed;
    private readonly Task _loop;

    public InMemorySubscription(
        string topic, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, TimeProvider time, Action<InMemorySubscription> removed, Action<Exception> failed)
    {
        (_topic, _maxMessages, _maxAwait, _handler, _time, _removed, _failed) = (topic, maxMessages, maxAwait, handler, time, removed, failed);
        _loop = Task.Run(RunAsync);
    }

    /// <exception cref="InvalidOperationException">There was no room in time.</exception>
    public async ValueTask OfferAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var matches = _topic.EndsWith('*') ? message.Topic.StartsWith(_topic[..^1], StringComparison.Ordinal) : message.Topic == _topic;
        if (!matches || _queue.Writer.TryWrite(message))
            return;
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(message, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"a subscriber of topic '{_topic}' is {Depth} messages behind, and this component keeps no more in memory");
        }
        catch (ChannelClosedException)
        {
            // The subscription has ended meanwhile: it is offered nothing any more.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _removed(this);
        if (!_stop.IsCancellationRequested)
            await _stop.CancelAsync();
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (await NextBatchAsync() is { Count: > 0 } batch)
        {
            try
            {
                foreach (var error in await _handler(batch, CancellationToken.None))
                {
                    if (error is not null)
                        _failed(error);
                }
            }
            catch (Exception exception)
            {
                _failed(exception);
            }
        }
    }

    private async Task<List<PubSubMessage>> NextBatchAsync()
    {
        var batch = new List<PubSubMessage>();
        try
        {
            batch.Add(await _queue.Reader.ReadAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            return batch;
        }

        if (_maxMessages == 1)
            return batch;
        using var wait = new CancellationTokenSource(_maxAwait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, _stop.Token);
        try
        {
            while (batch.Count < _maxMessages)
            {
                batch.Add(await _queue.Reader.ReadAsync(either.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            // The wait is over: the batch goes as it is.
        }

        return batch;
    }
}
