using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>A message on its way to the app.</summary>
internal readonly record struct Delivery(QueueConsumer Consumer, ulong Tag, PubSubMessage Message)
{
    /// <summary>The app has it.</summary>
    public void Done() => Consumer.Settle(Tag, done: true, requeue: false);

    /// <summary>The app failed.</summary>
    public void Failed(bool requeue) => Consumer.Settle(Tag, done: false, requeue);
}

/// <summary>Takes the deliveries of one queue over one channel, until the channel or the queue goes.</summary>
internal sealed class QueueConsumer(IChannel channel, string topic, RabbitMqOptions options, Action<Delivery> take) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Acknowledger _acknowledger = new(channel);
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the reason when no more deliveries come.</summary>
    public Task<string> Closed => _closed.Task;

    public Task FlushedAsync() => _acknowledger.FlushedAsync();

    public void Settle(ulong tag, bool done, bool requeue)
    {
        if (!options.AutoAcknowledge)
            _acknowledger.Settle(tag, done, requeue);
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // The client takes its buffer back when this returns.
        var message = new PubSubMessage(topic, body.ToArray(), MessageProperties.Told(properties, options));
        take(new Delivery(this, deliveryTag, message));
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _closed.TrySetResult("the queue was deleted or moved.");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _closed.TrySetResult(reason.ReplyText);
        return base.HandleChannelShutdownAsync(channel, reason);
    }
}
