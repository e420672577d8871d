using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>Hands the deliveries of one subscription to the app, and waits at the end for those under way.</summary>
internal abstract class DeliveryRunner(string queue, RabbitMqOptions options, ILogger logger)
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _active = 1;

    protected bool IsClosing { get; private set; }

    protected RabbitMqOptions Options => options;

    /// <summary>Takes a delivery, and does not wait for the app: the channel could not even be closed meanwhile.</summary>
    public abstract void Take(Delivery delivery);

    /// <summary>From now on nothing is taken; completes when nothing is under way.</summary>
    public Task CloseAsync()
    {
        if (!IsClosing)
        {
            IsClosing = true;
            OnClosing();
            End();
        }

        return _idle.Task;
    }

    /// <summary>Something that was taken goes out at once.</summary>
    protected virtual void OnClosing()
    {
    }

    /// <summary>Counts one in; false when everything has ended already.</summary>
    protected bool TryBegin()
    {
        var active = Volatile.Read(ref _active);
        while (active > 0)
        {
            var seen = Interlocked.CompareExchange(ref _active, active + 1, active);
            if (seen == active)
                return true;
            active = seen;
        }

        return false;
    }

    protected void End()
    {
        if (Interlocked.Decrement(ref _active) == 0)
            _idle.TrySetResult();
    }

    protected void Settle(Delivery delivery, Exception? error)
    {
        switch (error)
        {
            case null:
                delivery.Done();
                break;
            case OperationCanceledException when IsClosing:
                // Not the message's fault: the end of the channel gives it back to the queue.
                break;
            default:
                if (options.RequeueInFailure || options.AutoAcknowledge)
                    RabbitMqLog.DeliveryFailed(logger, queue, options.RequeueInFailure, error);
                else
                    RabbitMqLog.Dropped(logger, queue, error.Message);
                delivery.Failed(options.RequeueInFailure);
                break;
        }
    }
}
