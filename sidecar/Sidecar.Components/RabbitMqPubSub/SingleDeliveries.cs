using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>Messages one by one: each by itself, or with <c>concurrencyMode: single</c> the next when the last is done.</summary>
internal sealed class SingleDeliveries(string queue, RabbitMqOptions options, MessageHandler handler, ILogger logger) : DeliveryRunner(queue, options, logger)
{
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleWriter = true });
    private int _inTurn;

    public override void Take(Delivery delivery)
    {
        if (IsClosing)
            return;
        if (!Options.OneByOne)
        {
            if (TryBegin())
                ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Self.RunAsync(state.Delivery), (Self: this, Delivery: delivery), preferLocal: false);
            return;
        }

        _waiting.Writer.TryWrite(delivery);
        if (Interlocked.Increment(ref _inTurn) != 1)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.RunInTurnAsync(), this, preferLocal: false);
    }

    private async Task RunInTurnAsync()
    {
        do
        {
            // What waits when the subscription or its channel ends goes back to the queue by itself.
            if (_waiting.Reader.TryRead(out var delivery) && !IsClosing && !delivery.Consumer.Closed.IsCompleted && TryBegin())
                await RunAsync(delivery);
        }
        while (Interlocked.Decrement(ref _inTurn) > 0);
    }

    private async Task RunAsync(Delivery delivery)
    {
        Exception? failure = null;
        try
        {
            await handler(delivery.Message, CancellationToken.None);
        }
        catch (Exception error)
        {
            failure = error;
        }

        Settle(delivery, failure);
        End();
    }
}
