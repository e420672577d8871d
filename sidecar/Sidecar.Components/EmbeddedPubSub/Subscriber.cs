using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>One instance of a consumer group. Its counters are guarded by the group's lock.</summary>
internal abstract class Subscriber(EmbeddedBroker broker, ConsumerGroup group, SubscriberOptions options) : IAsyncDisposable
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SubscriberOptions Options { get; } = options;

    public int Active { get; protected set; }

    public bool IsClosing { get; private set; }

    /// <summary>May it take another lane now?</summary>
    public abstract bool HasRoom { get; }

    protected EmbeddedBroker Broker { get; } = broker;

    protected ConsumerGroup Group { get; } = group;

    /// <summary>Counts a lane in; under the group's lock.</summary>
    public abstract void Take(Lane lane);

    /// <summary>Starts work on what <see cref="Take"/> counted; outside the lock.</summary>
    public abstract void StartTaken(Lane lane);

    /// <summary>Counts messages out; under the group's lock.</summary>
    public virtual void Release(int messages)
    {
        Active -= messages;
        if (IsClosing && Active == 0)
            _idle.TrySetResult();
    }

    /// <summary>Takes no more and waits for what is under delivery; the rest stays for the group's other subscribers, or for later.</summary>
    public async ValueTask DisposeAsync()
    {
        Group.Synchronized(() =>
        {
            IsClosing = true;
            OnClosing();
            if (Active == 0)
                _idle.TrySetResult();
        });
        await _idle.Task;
        Group.Remove(this);
        Group.Pump();
    }

    /// <summary>Under the group's lock, once.</summary>
    protected virtual void OnClosing()
    {
    }
}

/// <summary>Takes messages one by one, several at a time.</summary>
internal sealed class SingleSubscriber(EmbeddedBroker broker, ConsumerGroup group, SubscriberOptions options, MessageHandler handler)
    : Subscriber(broker, group, options)
{
    public override bool HasRoom => !IsClosing && Active < Options.Concurrency;

    public override void Take(Lane lane) => Active++;

    public override void StartTaken(Lane lane) => ThreadPool.UnsafeQueueUserWorkItem(
        static state => _ = state.Self.RunAsync(state.Lane), (Self: this, Lane: lane), preferLocal: false);

    private async Task RunAsync(Lane? lane)
    {
        while (lane is not null)
        {
            var entry = lane.Head!;
            var (outcome, reason) = await DeliverAsync(entry);
            lane = Group.Settle(this, lane, entry, outcome, reason);
        }
    }

    private async Task<(Outcome, string?)> DeliverAsync(Entry entry)
    {
        try
        {
            if (Broker.HasExpired(entry))
                return (Outcome.Done, null);
            await handler(entry.ReadMessage(), Broker.Stopping);
            return (Outcome.Done, null);
        }
        catch (OperationCanceledException) when (IsClosing || Broker.Stopping.IsCancellationRequested)
        {
            return (Outcome.Returned, null);
        }
        catch (Exception exception)
        {
            Broker.OnFailed(Group, entry, exception);
            return (Outcome.Failed, exception.Message);
        }
    }
}
