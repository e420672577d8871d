using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// Publishes over one channel: messages are written one after the other, and many wait for their confirmations at the same time. What was lost with a channel
/// is sent again over the next, so that a message may come twice, but none is lost.
/// </summary>
internal sealed class RabbitMqPublisher(RabbitMqConnection connection, RabbitMqOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int MaxTries = 3;
    private static readonly TimeSpan s_confirmTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);

    // What Dapr's three tries with two waits come to, but never less than a broker's restart may take.
    private readonly TimeSpan _patience = TimeSpan.FromTicks(Math.Max(options.ReconnectWait.Ticks * 3, TimeSpan.FromSeconds(10).Ticks));
    private readonly SemaphoreSlim _gate = new(1, 1);
    private PublishChannel? _channel;
    private long? _maxSize;
    private bool _isDisposed;

    /// <summary>Publishes in order; the answer has null for each message the broker has taken.</summary>
    public async ValueTask<IReadOnlyList<Exception?>> PublishAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        var batch = new PublishBatch(messages.Count);
        var begun = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            await SendAsync(batch, messages, begun, cancellationToken);
            try
            {
                if (!batch.Settled.IsCompleted)
                    await batch.Settled.WaitAsync(s_confirmTime, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return Unconfirmed(batch);
            }

            if (tries >= MaxTries || !batch.ReopenLost())
                return batch.Errors;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _isDisposed = true;
        if (_channel is { } channel)
            await channel.DisposeAsync();
        _gate.Release();
    }

    private async Task SendAsync(PublishBatch batch, IReadOnlyList<PubSubMessage> messages, long begun, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var channel = await OpenAsync(begun, cancellationToken);
            for (var i = 0; i < messages.Count; i++)
            {
                if (batch.IsSettled(i))
                    continue;
                if (messages[i].Data.Length > _maxSize)
                {
                    batch.Settle(i, PublishChannel.SizeRefused(messages[i].Data.Length, _maxSize.Value));
                    continue;
                }

                await channel.DeclareExchangeAsync(messages[i].Topic, options, cancellationToken);
                await channel.WriteAsync(batch, i, messages[i], MessageProperties.Of(messages[i], options, logger));
            }
        }
        catch (Exception error) when (error is RabbitMqException or RabbitMQClientException or IOException or ObjectDisposedException)
        {
            var refusal = error as RabbitMqException ?? new RabbitMqException($"RabbitMQ at {options.Address}: {error.Message}", isFinal: false, error);
            for (var i = 0; i < batch.Count; i++)
            {
                if (!batch.IsSettled(i))
                    batch.Settle(i, refusal);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The open channel, or a new one; waits a bounded time for the broker.</summary>
    private async ValueTask<PublishChannel> OpenAsync(long begun, CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
            return open;
        if (_channel is { } closed)
        {
            _maxSize ??= closed.MaxSize;
            _channel = null;
            await closed.DisposeAsync();
        }

        for (var wait = s_firstWait; ; wait = wait * 2 < options.ReconnectWait ? wait * 2 : TimeSpan.FromTicks(Math.Max(options.ReconnectWait.Ticks, s_firstWait.Ticks)))
        {
            if (_isDisposed)
                throw new RabbitMqException("the component is closed", isFinal: true);
            try
            {
                return _channel = await PublishChannel.OpenAsync(await connection.GetAsync(cancellationToken), options.PublisherConfirm, cancellationToken);
            }
            catch (RabbitMqException error) when (!error.IsFinal && time.GetElapsedTime(begun) + wait < _patience)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
            catch (RabbitMqException error) when (!error.IsFinal)
            {
                throw new RabbitMqException(error.Message, isFinal: true, error);
            }
        }
    }

    private Exception?[] Unconfirmed(PublishBatch batch)
    {
        var why = connection.Blocked is { } reason
            ? $"it takes no publishes for now, because it is {reason}"
            : "nobody knows whether it has the message";
        var error = new RabbitMqException($"RabbitMQ at {options.Address} did not confirm within {s_confirmTime.TotalSeconds:0} s: {why}", isFinal: true);
        var errors = new Exception?[batch.Count];
        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = batch.IsSettled(i) ? batch.Errors[i] : error;
        }

        return errors;
    }
}
