using System.Globalization;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// A channel that messages are published over. Confirmations are matched here and not by the client, which would add a header of its own to every message.
/// Written to by one caller at a time.
/// </summary>
internal sealed partial class PublishChannel : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Sent> _unconfirmed = [];
    private readonly HashSet<string> _exchanges = new(StringComparer.Ordinal);
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly bool _confirms;
    private ulong _last;
    private ulong _confirmed;
    private ShutdownEventArgs? _closed;

    private PublishChannel(IConnection connection, IChannel channel, bool confirms)
    {
        (_connection, _channel, _confirms) = (connection, channel, confirms);
        _channel.BasicAcksAsync += (_, acknowledged) => OnConfirmed(acknowledged.DeliveryTag, acknowledged.Multiple, null);
        _channel.BasicNacksAsync += (_, refused) => OnConfirmed(
            refused.DeliveryTag, refused.Multiple, new RabbitMqException("RabbitMQ refused the message (basic.nack): a queue is full or could not store it", isFinal: true));
        _channel.ChannelShutdownAsync += (_, reason) => OnClosed(reason);
    }

    public bool IsOpen => _channel.IsOpen && Volatile.Read(ref _closed) is null;

    /// <summary>Most bytes of one message the broker takes, when it has told by refusing one; null until then.</summary>
    public long? MaxSize { get; private set; }

    public static async Task<PublishChannel> OpenAsync(IConnection connection, bool confirms, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(confirms, publisherConfirmationTrackingEnabled: false), cancellationToken);
        return new PublishChannel(connection, channel, confirms);
    }

    /// <summary>Declares the exchange of a topic, once; over a channel of its own, for a refusal costs the channel.</summary>
    public async ValueTask DeclareExchangeAsync(string topic, RabbitMqOptions options, CancellationToken cancellationToken)
    {
        if (_exchanges.Contains(topic))
            return;
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await Topology.DeclareExchangeAsync(channel, topic, options, cancellationToken);
        _exchanges.Add(topic);
    }

    /// <summary>Writes one message; it is settled when it is confirmed, or at once without confirmations.</summary>
    public async ValueTask WriteAsync(PublishBatch batch, int index, PubSubMessage message, BasicProperties properties)
    {
        var number = ++_last;
        if (_confirms && !Expect(number, new Sent(batch, index, message.Data.Length)))
            return;
        try
        {
            await _channel.BasicPublishAsync(message.Topic, MessageProperties.RoutingKey(message), mandatory: false, properties, message.Data);
            if (!_confirms)
                batch.Settle(index, null);
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or ObjectDisposedException)
        {
            var lost = new RabbitMqException($"the connection to RabbitMQ was lost before the message was sent: {error.Message}", isFinal: false, error);
            if (!_confirms || Forget(number))
                batch.Settle(index, lost);
        }
    }

    public async ValueTask DisposeAsync() => await _channel.DisposeAsync();

    private bool Expect(ulong number, Sent sent)
    {
        lock (_lock)
        {
            if (_closed is null)
            {
                _unconfirmed.Add(number, sent);
                return true;
            }
        }

        sent.Batch.Settle(sent.Index, RabbitMqException.Lost(_closed));
        return false;
    }

    private bool Forget(ulong number)
    {
        lock (_lock)
            return _unconfirmed.Remove(number);
    }

    private Task OnConfirmed(ulong number, bool andBelow, Exception? error)
    {
        lock (_lock)
        {
            for (var at = andBelow ? _confirmed + 1 : number; at <= number; at++)
            {
                if (_unconfirmed.Remove(at, out var sent))
                    sent.Batch.Settle(sent.Index, error);
            }

            if (andBelow)
                _confirmed = number;
        }

        return Task.CompletedTask;
    }

    private Task OnClosed(ShutdownEventArgs reason)
    {
        var tooLarge = TooLarge().Match(reason.ReplyText);
        lock (_lock)
        {
            _closed = reason;
            var size = tooLarge.Success ? long.Parse(tooLarge.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;
            if (tooLarge.Success)
                MaxSize = long.Parse(tooLarge.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            foreach (var sent in _unconfirmed.Values)
            {
                sent.Batch.Settle(sent.Index, sent.Size == size ? SizeRefused(size, MaxSize!.Value) : RabbitMqException.Lost(reason));
            }

            _unconfirmed.Clear();
        }

        return Task.CompletedTask;
    }

    /// <summary>The refusal of a message that the broker is known not to take.</summary>
    public static RabbitMqException SizeRefused(long size, long most) =>
        new($"the message has {size} bytes, and RabbitMQ takes at most {most}; send less, or raise max_message_size in rabbitmq.conf", isFinal: true);

    [GeneratedRegex(@"message size (\d+) is larger than (?:configured )?max size (\d+)")]
    private static partial Regex TooLarge();

    private readonly record struct Sent(PublishBatch Batch, int Index, int Size);
}
