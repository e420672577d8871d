namespace Bench.Brokers;

/// <summary>What one run saw of one broker.</summary>
internal sealed record BrokerFacts
{
    /// <summary>Folder under <c>components/pubsub</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the server is, where that needs saying.</summary>
    public required string Server { get; init; }

    /// <summary>Events per second from publish call to handler, one by one with 16 publishers.</summary>
    public required double OneByOne { get; init; }

    /// <summary>Events per second in bulks of 100 with 16 publishers.</summary>
    public required double Bulk { get; init; }

    /// <summary>Bulks of 100 under the settings that keep the order of a key, checked at the handler.</summary>
    public required OrderedRate Ordered { get; init; }

    /// <summary>The same work by the broker's own client library; null where there is none to compare with.</summary>
    public required double? BareClient { get; init; }

    /// <summary>Milliseconds from publish call to handler at 500 events/s.</summary>
    public required (double P50, double P99) Latency { get; init; }

    /// <summary>Messages handled after a later one of their key, of how many: one instance of the subscriber, two instances.</summary>
    public required (Disorder One, Disorder Two) Order { get; init; }

    /// <summary>What became of the messages that a crashed subscriber held.</summary>
    public required string AfterCrash { get; init; }

    /// <summary>What became of a message whose handler always throws, and of those behind it.</summary>
    public required string Poison { get; init; }

    /// <summary>Who keeps <c>ttlInSeconds</c>.</summary>
    public required string TimeToLive { get; init; }

    /// <summary>Acknowledged messages that never came and messages that came twice, over a restart of the broker in mid-stream.</summary>
    public required (int Lost, int Twice, int Of) OverRestart { get; init; }

    /// <summary>Resident megabytes of the server after all this; null for one inside the sidecar's host.</summary>
    public required double? Megabytes { get; init; }
}

/// <summary>Messages out of order.</summary>
internal readonly record struct Disorder(int Late, int Of);
