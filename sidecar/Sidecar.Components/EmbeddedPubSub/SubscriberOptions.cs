using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>How one subscriber takes messages.</summary>
internal sealed record SubscriberOptions
{
    /// <summary>Most messages under delivery at once to this subscriber.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>First pause after a failed delivery; it doubles up to <see cref="MaxRedeliverInterval"/>.</summary>
    public TimeSpan RedeliverInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between deliveries.</summary>
    public TimeSpan MaxRedeliverInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries after which a message is given up for the group; 0 for no end.</summary>
    public int MaxDeliver { get; init; }

    public TimeSpan PauseAfter(int failures)
    {
        var factor = Math.Pow(2, Math.Min(failures - 1, 30));
        var pause = RedeliverInterval.TotalMilliseconds * factor;
        return TimeSpan.FromMilliseconds(Math.Min(pause, Math.Max(MaxRedeliverInterval.TotalMilliseconds, RedeliverInterval.TotalMilliseconds)));
    }
}

/// <summary>Batches of a bulk subscriber.</summary>
/// <param name="MaxMessages">Most messages in one batch.</param>
/// <param name="MaxAwait">Longest wait for a full batch.</param>
/// <param name="Handler">Takes them.</param>
internal sealed record BulkDelivery(int MaxMessages, TimeSpan MaxAwait, BulkMessageHandler Handler);

/// <summary>What a delivery came to.</summary>
internal enum Outcome
{
    /// <summary>Acknowledged, or expired.</summary>
    Done,

    /// <summary>To be delivered again later.</summary>
    Failed,

    /// <summary>The subscriber went away before it was done: to be delivered again at once, to whoever is there.</summary>
    Returned,
}
