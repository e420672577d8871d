namespace Demo.Verifying;

/// <summary>What <c>./run verify</c> was asked for.</summary>
public sealed record VerifyOptions
{
    /// <summary>Data of the run that is meant; null for the one that runs here, or that ran last.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Folder under <c>components/pubsub</c> for a stopped run; null for what its demo journal says, else the embedded one.</summary>
    public string? Broker { get; init; }

    /// <summary>Folder under <c>components/state</c> for a stopped run; null for what its demo journal says, else SQLite.</summary>
    public string? Store { get; init; }

    /// <summary>How long orders may still be on their way.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One line of JSON and nothing else on the output.</summary>
    public bool Json { get; init; }
}
