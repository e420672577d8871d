namespace Sidecar.Cli.Planning;

/// <summary>What the command line adds to a run file.</summary>
public sealed record RunSettings
{
    /// <summary><c>--swap FROM=TO</c>: a resources path or configuration file that ends in FROM is replaced by its sibling TO, or by TO itself when that is absolute.</summary>
    public IReadOnlyList<(string From, string To)> Swaps { get; init; } = [];

    /// <summary><c>--replicas</c>: instances of every app.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary><c>--free-ports</c>: no declared port is used.</summary>
    public bool FreePorts { get; init; }

    /// <summary><c>--data-dir</c>: where host and components keep their data; null for the default places.</summary>
    public string? DataDirectory { get; init; }

    /// <summary><c>--env KEY=VALUE</c>: added to every app.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--without</c>: ids of apps that are left out.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];
}
