using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RedisPubSub;

/// <summary>Metadata of a <c>pubsub.redis</c> component beside the connection; names and defaults are those of Dapr's code, which its reference has the other way round.</summary>
internal sealed record RedisPubSubOptions
{
    /// <summary><c>processingTimeout</c>: a message that is pending longer is handed out again; zero for never.</summary>
    public TimeSpan ProcessingTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>redeliverInterval</c>: how often such messages are looked for; zero for never.</summary>
    public TimeSpan RedeliverInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>queueDepth</c>: how many messages one read takes.</summary>
    public int QueueDepth { get; init; } = 100;

    /// <summary><c>concurrency</c>: how many messages are handled at once, over all topics of the component.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary><c>maxLenApprox</c>: streams are cut to about this many messages; zero for never.</summary>
    public long MaxLength { get; init; }

    /// <summary><c>streamTTL</c>: streams are cut to about what is younger; zero for never.</summary>
    public TimeSpan StreamTimeToLive { get; init; }

    /// <summary>True when pending messages are handed out again at all.</summary>
    public bool Redelivers => ProcessingTimeout > TimeSpan.Zero && RedeliverInterval > TimeSpan.Zero;

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ComponentException">A value is wrong.</exception>
    public static RedisPubSubOptions Read(Component component)
    {
        var defaults = new RedisPubSubOptions();
        return new RedisPubSubOptions
        {
            ProcessingTimeout = component.Milliseconds("processingTimeout", defaults.ProcessingTimeout),
            RedeliverInterval = component.Milliseconds("redeliverInterval", defaults.RedeliverInterval),
            QueueDepth = (int)component.WholeNumber("queueDepth", defaults.QueueDepth, least: 1),
            Concurrency = (int)component.WholeNumber("concurrency", defaults.Concurrency, least: 1),
            MaxLength = component.WholeNumber("maxLenApprox", 0, least: 0),
            StreamTimeToLive = component.Duration(TimeSpan.Zero, "streamTTL"),
        };
    }
}
