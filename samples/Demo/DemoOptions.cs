using Ordering.Contracts;

namespace Demo;

/// <summary>What the command line asks for.</summary>
public sealed record DemoOptions
{
    /// <summary>What is said of broker and store where the platform was started by somebody else.</summary>
    public const string AsDeployed = "as deployed";

    /// <summary>Orders in all; half of them for each style when both are shown.</summary>
    public int Orders { get; init; } = 100;

    /// <summary>One style, or both.</summary>
    public IReadOnlyList<CoordinationStyle> Styles { get; init; } = [CoordinationStyle.Orchestrated, CoordinationStyle.Choreographed];

    /// <summary>Gateway of a platform that runs already, such as one in a cluster; null to start one here.</summary>
    public Uri? Gateway { get; init; }

    /// <summary>Folder under <c>components/pubsub</c>.</summary>
    public string Broker { get; init; } = "embedded";

    /// <summary>Folder under <c>components/state</c>.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>Broker and database are the run's own, started from installed programs.</summary>
    public bool StartServers { get; init; }

    /// <summary>Instances of every service.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Decides which order meets which fate.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Goes on where a killed run stopped.</summary>
    public bool Resume { get; init; }

    /// <summary>Kills services and the host while orders are under way, and goes on.</summary>
    public bool Chaos { get; init; }

    /// <summary>Ends with one line of JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Where the run keeps what it must not lose; null for <c>.dapr/demo</c>.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Orders under way at the same time.</summary>
    public int InFlight { get; init; } = 10;

    /// <summary>How long nothing may happen before the orders left count as stuck.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(120);
}
