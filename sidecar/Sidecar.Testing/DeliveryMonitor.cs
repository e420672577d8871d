namespace Sidecar.Testing;

/// <summary>A message handed to a subscriber.</summary>
/// <param name="PubSub">Name of the component.</param>
/// <param name="Topic">Topic.</param>
/// <param name="ConsumerGroup">Consumer group, by default the app id.</param>
/// <param name="Error">Why it was not taken; null when it was, or was dropped on purpose.</param>
public sealed record Delivery(string PubSub, string Topic, string ConsumerGroup, Exception? Error);

/// <summary>Knows what was published and what of it is still to be taken, so that a test can wait for quiet instead of sleeping.</summary>
public sealed class DeliveryMonitor
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Consumer, int> _outstanding = [];
    private readonly List<Delivery> _deliveries = [];
    private readonly List<TaskCompletionSource> _waiting = [];

    /// <summary>Every delivery so far, oldest first.</summary>
    public IReadOnlyList<Delivery> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _deliveries];
            }
        }
    }

    /// <summary>Completes when every message that was published for a subscriber has been taken by it, messages that handlers publish meanwhile included.</summary>
    public Task WhenQuietAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (IsQuiet)
                return Task.CompletedTask;
            var quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(quiet);
            return quiet.Task.WaitAsync(cancellationToken);
        }
    }

    private bool IsQuiet => _outstanding.Values.All(count => count == 0);

    internal void Subscribed(Consumer consumer)
    {
        lock (_gate)
        {
            _outstanding.TryAdd(consumer, 0);
        }
    }

    internal void Unsubscribed(Consumer consumer)
    {
        lock (_gate)
        {
            _outstanding.Remove(consumer);
            TellWhenQuiet();
        }
    }

    /// <summary>Called before the broker takes messages: a delivery may end before the publishing does.</summary>
    internal void Publishing(object bus, string topic, int count)
    {
        lock (_gate)
        {
            foreach (var consumer in _outstanding.Keys.Where(consumer => consumer.Takes(bus, topic)).ToList())
            {
                _outstanding[consumer] = Math.Max(0, _outstanding[consumer] + count);
            }

            TellWhenQuiet();
        }
    }

    /// <summary>A delivery ended. <paramref name="redelivered"/>: the broker brings a message that was not taken again.</summary>
    internal void Delivered(Consumer consumer, Delivery delivery, bool redelivered)
    {
        lock (_gate)
        {
            _deliveries.Add(delivery);
            if ((delivery.Error is null || !redelivered) && _outstanding.TryGetValue(consumer, out var count) && count > 0)
                _outstanding[consumer] = count - 1;
            TellWhenQuiet();
        }
    }

    private void TellWhenQuiet()
    {
        if (!IsQuiet)
            return;
        _waiting.ForEach(waiting => waiting.TrySetResult());
        _waiting.Clear();
    }

    /// <summary>Whoever gets its own copy of each message: a group, or on a bus without groups one subscription.</summary>
    internal sealed record Consumer(object Bus, string Topic, string Group)
    {
        public bool Takes(object bus, string topic) =>
            Equals(Bus, bus) && (Topic == topic || (Topic.EndsWith('*') && topic.StartsWith(Topic[..^1], StringComparison.Ordinal)));
    }
}
