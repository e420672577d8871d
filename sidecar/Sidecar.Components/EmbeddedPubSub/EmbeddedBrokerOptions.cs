namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>How the broker keeps its log.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>A new file is begun when the current one has this many bytes.</summary>
    public long SegmentSize { get; init; } = 16 << 20;

    /// <summary>How long messages of a topic without any group are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Most messages of one group held in memory, without their payload; more wait in the log.</summary>
    public int QueueDepth { get; init; } = 20_000;

    /// <summary>Most dead letters of one topic that are kept for a person to replay or discard; then the oldest goes.</summary>
    public int DeadLetterDepth { get; init; } = 10_000;
}
