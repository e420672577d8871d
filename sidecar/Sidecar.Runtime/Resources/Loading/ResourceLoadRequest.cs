namespace Sidecar.Runtime.Resources.Loading;

/// <summary>What to load, and for whom.</summary>
public sealed record ResourceLoadRequest
{
    /// <summary>App id: scopes are applied for it, and <c>{appID}</c> stands for it.</summary>
    public required string AppId { get; init; }

    /// <summary>Folders of resources; every <c>*.yaml</c> and <c>*.yml</c> directly in them.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>Configuration files; what a later one says overrides.</summary>
    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    /// <summary>Namespace for the <c>{namespace}</c> placeholder.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Environment variables: <c>envRef</c>, <c>POD_NAME</c>, and <c>NAMESPACE</c>, which filters resources when set.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Component types that exist; null accepts every type.</summary>
    public IReadOnlyCollection<string>? KnownComponentTypes { get; init; }

    /// <summary>
    /// Loopback ports that HTTPEndpoint addresses name, and the ports the apps really listen on; for a run on free ports.
    /// </summary>
    public IReadOnlyDictionary<int, int> LoopbackPorts { get; init; } = new Dictionary<int, int>();
}
