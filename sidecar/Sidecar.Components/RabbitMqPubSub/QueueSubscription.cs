using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// One subscription: declares its queue, takes from it, and begins again whenever connection, channel or queue are gone. What was delivered over a channel that
/// is gone comes again over the next.
/// </summary>
internal sealed class QueueSubscription : IAsyncDisposable
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_startTime = TimeSpan.FromMinutes(1);

    private readonly RabbitMqConnection _connection;
    private readonly Topology _topology;
    private readonly DeliveryRunner _deliveries;
    private readonly RabbitMqOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<QueueSubscription> _removed;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abandoned = new();
    private readonly Task _loop;
    private Task? _disposed;

    public QueueSubscription(
        RabbitMqConnection connection, Topology topology, DeliveryRunner deliveries, RabbitMqOptions options, TimeProvider time, ILogger logger,
        Action<QueueSubscription> removed)
    {
        (_connection, _topology, _deliveries, _options, _time, _logger, _removed) = (connection, topology, deliveries, options, time, logger, removed);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Waits until the first messages can come: for one minute, as Dapr does.</summary>
    /// <exception cref="RabbitMqException">It cannot be made, or there was no connection for a minute.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _started.Task.WaitAsync(s_startTime, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RabbitMqException($"queue '{_topology.Queue}' could not be subscribed to within a minute: RabbitMQ at {_options.Address} does not answer", isFinal: false);
        }
    }

    /// <summary>Takes no more messages, waits for those under way and sends their acknowledgements.</summary>
    public ValueTask DisposeAsync()
    {
        // What interrupts a delivery after this returns must find the subscription closing.
        return new ValueTask(_disposed ??= StopAsync(_deliveries.CloseAsync()));
    }

    /// <summary>Ends it without waiting for deliveries under way: what they hold goes back to the queue.</summary>
    public async Task AbandonAsync()
    {
        _abandoned.TrySetResult();
        _ = _deliveries.CloseAsync();
        await _stop.CancelAsync();
        await _loop;
    }

    private async Task StopAsync(Task idle)
    {
        await _stop.CancelAsync();
        await idle;
        await _loop;
        _removed(this);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var wait = s_firstWait;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var reason = await ConsumeAsync();
                wait = s_firstWait;
                if (_stop.IsCancellationRequested)
                    return;
                RabbitMqLog.Interrupted(_logger, _topology.Queue, reason);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is RabbitMqException or RabbitMQClientException or IOException or ObjectDisposedException or OperationCanceledException or TimeoutException)
            {
                if (error is RabbitMqException { IsFinal: true } && _started.TrySetException(error))
                    return;
                RabbitMqLog.Interrupted(_logger, _topology.Queue, error.Message);
            }

            if (!await WaitAsync(wait))
                return;
            wait = wait * 2 < _options.ReconnectWait ? wait * 2 : TimeSpan.FromTicks(Math.Max(_options.ReconnectWait.Ticks, s_firstWait.Ticks));
        }
    }

    /// <summary>Takes messages until that ends; the answer is why it did.</summary>
    private async Task<string> ConsumeAsync()
    {
        var connection = await _connection.GetAsync(_stop.Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: _stop.Token);
        await _topology.DeclareAsync(channel, _stop.Token);
        if (_options.PrefetchCount > 0)
            await channel.BasicQosAsync(0, _options.PrefetchCount, global: false, _stop.Token);
        var consumer = new QueueConsumer(channel, _topology.Topic, _options, _deliveries.Take);
        await channel.BasicConsumeAsync(
            _topology.Queue, _options.AutoAcknowledge, consumerTag: _topology.Queue, noLocal: false, exclusive: false, arguments: null, consumer, _stop.Token);
        _started.TrySetResult();
        try
        {
            return await consumer.Closed.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped: what is under way still ends in peace.
        }

        if (channel.IsOpen)
            await channel.BasicCancelAsync(_topology.Queue);
        await Task.WhenAny(_deliveries.CloseAsync(), _abandoned.Task);
        await consumer.FlushedAsync();
        if (channel.IsOpen)
            await channel.CloseAsync();
        return "it was stopped.";
    }

    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _time, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
