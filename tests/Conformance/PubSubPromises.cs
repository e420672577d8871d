namespace Conformance;

/// <summary>What a broker promises; the suite checks each promise, and that what is not promised is not needed.</summary>
public sealed record PubSubPromises
{
    /// <summary>Messages with one partition key reach one subscriber in the order of their publishing.</summary>
    public required bool OrderPerKey { get; init; }

    /// <summary>A message whose handler threw is delivered again without any help of Resiliency.</summary>
    public required bool RedeliversFailures { get; init; }

    /// <summary><c>ttlInSeconds</c> of a message is kept by the broker itself (capability MESSAGE_TTL).</summary>
    public required bool TimeToLive { get; init; }

    /// <summary>A group that subscribed once gets what is published while none of its members is there.</summary>
    public bool KeepsForAbsentGroup { get; init; } = true;
}
