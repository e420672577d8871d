using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sidecar.Components.Nats;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>One subscription: a queue of what the server pushed, and the loop that hands it to the app and settles it.</summary>
internal sealed class JetStreamSubscription : IAsyncDisposable
{
    // As in the Go client; the server's maxAckPending (1000) keeps a consumer with acknowledgements far below.
    private const int MostQueued = 512 * 1024;
    private const long MostQueuedBytes = 64 << 20;
    private static readonly byte[] s_ack = "+ACK"u8.ToArray();
    private static readonly byte[] s_nak = "-NAK"u8.ToArray();
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);
    private readonly Channel<Delivery> _queue = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private readonly NatsConnection _connection;
    private readonly JetStreamOptions _options;
    private readonly JetStreamBatch _batch;
    private readonly string _topic;
    private readonly ILogger _logger;
    private readonly byte[] _nakLater;
    private readonly JetStreamConsumer _consumer;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _stopping;
    private readonly SemaphoreSlim _ensuring = new(1, 1);
    private Task _running = Task.CompletedTask;
    private Task? _ending;
    private Task _watching = Task.CompletedTask;
    private int _queued;
    private int _unsettled;
    private long _queuedBytes;
    private long _lastTraffic;
    private int _underWay = 1;
    private int _tooFast;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JetStreamSubscription(JetStreamApi api, JetStreamOptions options, string topic, JetStreamBatch batch, ILogger logger, CancellationToken stopping)
    {
        (_connection, _options, _topic, _batch, _logger, _stopping) = (api.Connection, options, topic, batch, logger, stopping);
        _nakLater = options.NakDelay is { } delay ? Encoding.ASCII.GetBytes($"-NAK {{\"delay\": {JetStreamOptions.Nanoseconds(delay)}}}") : s_nak;
        _consumer = new JetStreamConsumer(api, options, topic, OnMessage, logger);
    }

    /// <summary>True when it is over.</summary>
    public bool IsEnded => _ending is { IsCompleted: true };

    // The server's default where nothing is said.
    private int MostUnsettled => _options.Consumer.MaxAckPending is > 0 and var most ? most : 1000;

    private bool Settles => _options.Consumer.AckPolicy != "none";

    /// <exception cref="NatsException">There is no stream, or the consumer is another's.</exception>
    public static async Task<JetStreamSubscription> StartAsync(
        JetStreamApi api, JetStreamOptions options, string topic, JetStreamBatch batch, ILogger logger, CancellationToken stopping, CancellationToken cancellationToken)
    {
        NatsCommands.CheckSubject(topic);
        var subscription = new JetStreamSubscription(api, options, topic, batch, logger, stopping);
        await subscription._consumer.StartAsync(cancellationToken);
        api.Connection.Reconnected += subscription.OnReconnected;
        subscription._running = Task.Run(subscription.RunAsync, CancellationToken.None);
        if (options.Heartbeat is { } heartbeat)
            subscription._watching = subscription.WatchAsync(heartbeat * 2);
        return subscription;
    }

    /// <summary>Takes no more, gives back what the app has not seen, and waits for what it is handling.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_batch)
        {
            return new ValueTask(_ending ??= EndAsync());
        }
    }

    private async Task EndAsync()
    {
        _connection.Reconnected -= OnReconnected;
        await _closing.CancelAsync();
        _consumer.StopListening();
        _queue.Writer.TryComplete();
        await _running;
        await _watching;
        LeaveOne();
        await _idle.Task;
        // Someone may still be looking after the consumer.
        await _ensuring.WaitAsync();
        _consumer.StopListening();
        await _consumer.ReleaseAsync();
    }

    private void OnMessage(NatsMessage message)
    {
        Volatile.Write(ref _lastTraffic, _connection.Time.GetTimestamp());
        if (Volatile.Read(ref _queued) >= MostQueued || Interlocked.Read(ref _queuedBytes) >= MostQueuedBytes)
        {
            if (Interlocked.Exchange(ref _tooFast, 1) == 0)
                JetStreamLog.TooFast(_logger, _topic);
            return;
        }

        Interlocked.Increment(ref _queued);
        Interlocked.Add(ref _queuedBytes, message.Payload.Length);
        var delivery = new Delivery(message, DeliveryInfo.Parse(message.Reply));
        if (delivery.Info is { } info)
            _consumer.Begin(info.Sequence);
        if (!_queue.Writer.TryWrite(delivery) && delivery.Info is not null && Settles)
            _ = TellAsync(message.Reply!, s_nak);
    }

    private async Task RunAsync()
    {
        while (await _batch.CollectAsync(_queue.Reader, TakeAsync, IsStarved, _connection.Time, _closing.Token) is { } messages)
        {
            if (messages.Count == 0)
                continue;
            Interlocked.Increment(ref _underWay);
            if (_options.Parallel)
                _ = Task.Run(() => HandleAsync(messages), CancellationToken.None);
            else
                await HandleAsync(messages);
        }
    }

    /// <summary>True for what goes to the app; what the consumer says of itself is answered here, in its place in the queue.</summary>
    private async ValueTask<bool> TakeAsync(Delivery delivery)
    {
        var message = delivery.Message;
        Interlocked.Decrement(ref _queued);
        Interlocked.Add(ref _queuedBytes, -message.Payload.Length);
        if (message.HasStatus)
        {
            if ((message.Reply ?? message.Headers["Nats-Consumer-Stalled"]) is { } flowControl)
                await TellAsync(flowControl, ReadOnlyMemory<byte>.Empty);
            return false;
        }

        if (delivery.Info is null)
        {
            JetStreamLog.NotJetStream(_logger, _topic, message.Reply);
            return false;
        }

        if (!_closing.IsCancellationRequested)
        {
            Interlocked.Increment(ref _unsettled);
            return true;
        }

        // Taken from the server, but not seen by the app.
        if (Settles)
            await TellAsync(message.Reply!, s_nak);
        return false;
    }

    private bool IsStarved() => Settles && Volatile.Read(ref _unsettled) >= MostUnsettled;

    private async Task HandleAsync(List<Delivery> messages)
    {
        try
        {
            var outcomes = await _batch.HandleAsync(messages.ConvertAll(ToPubSub), _stopping);
            for (var i = 0; i < messages.Count; i++)
            {
                // First: the server answers an acknowledgement with the next message.
                Interlocked.Decrement(ref _unsettled);
                await SettleAsync(messages[i], outcomes[i]);
            }
        }
        finally
        {
            LeaveOne();
        }
    }

    private async Task SettleAsync(Delivery delivery, Exception? error)
    {
        var (reply, info) = (delivery.Message.Reply!, delivery.Info!.Value);
        if (error is null)
        {
            if (Settles)
                await TellAsync(reply, s_ack);
            _consumer.Settle(info.Sequence);
        }
        else if (!Settles)
        {
            JetStreamLog.NotHandled(_logger, info.Sequence, info.Stream, _topic, error.Message);
            _consumer.Settle(info.Sequence);
        }
        else if (error is OperationCanceledException && (_closing.IsCancellationRequested || _stopping.IsCancellationRequested))
        {
            // Interrupted, not failed: whoever is there next has it at once.
            await TellAsync(reply, s_nak);
        }
        else
        {
            JetStreamLog.NotHandled(_logger, info.Sequence, info.Stream, _topic, error.Message);
            await TellAsync(reply, _nakLater);
        }
    }

    private async Task TellAsync(string subject, ReadOnlyMemory<byte> what)
    {
        try
        {
            await _connection.PublishAsync(subject, what, CancellationToken.None);
        }
        catch (NatsException error)
        {
            JetStreamLog.NotSettled(_logger, _topic, error.Message);
        }
    }

    private PubSubMessage ToPubSub(Delivery delivery) =>
        new(_topic, delivery.Message.Payload, new Dictionary<string, string>(1) { ["Topic"] = delivery.Message.Subject });

    private void OnReconnected() => _ = Task.Run(EnsureAsync);

    /// <summary>Looks after the consumer until it is certain to be there.</summary>
    private async Task EnsureAsync()
    {
        var pause = TimeSpan.FromMilliseconds(100);
        while (!_closing.IsCancellationRequested)
        {
            await _ensuring.WaitAsync();
            try
            {
                if (!_closing.IsCancellationRequested)
                    await _consumer.EnsureAsync(_closing.Token);
                return;
            }
            catch (NatsException error)
            {
                JetStreamLog.ConsumerUnsure(_logger, _topic, error.Message);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                _ensuring.Release();
            }

            await Task.Delay(pause, _connection.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <summary>A consumer with a heartbeat that is silent for two of them may be gone.</summary>
    private async Task WatchAsync(TimeSpan silence)
    {
        Volatile.Write(ref _lastTraffic, _connection.Time.GetTimestamp());
        while (!_closing.IsCancellationRequested)
        {
            await Task.Delay(silence, _connection.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_closing.IsCancellationRequested && _connection.Time.GetElapsedTime(Volatile.Read(ref _lastTraffic)) >= silence)
                await EnsureAsync();
        }
    }

    private void LeaveOne()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _idle.TrySetResult();
    }
}
