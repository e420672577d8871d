namespace Sidecar.Runtime.Resources;

/// <summary>Where a resource or one of its keys was read: shown in every error about it.</summary>
/// <param name="File">Path of the YAML file as given by the user.</param>
/// <param name="Line">One-based line; 0 when the resource was made in code.</param>
public readonly record struct SourceLocation(string File, int Line)
{
    /// <summary>A resource that was made in code, by a test or by the host itself.</summary>
    public static SourceLocation Code { get; } = new("(code)", 0);

    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}

/// <summary>A <c>dapr.io/v1alpha1</c> Component after secrets, environment references and placeholders were resolved.</summary>
public sealed record Component
{
    /// <summary><c>metadata.name</c>: unique among all resources of the sidecar.</summary>
    public required string Name { get; init; }

    /// <summary>Building block and implementation, such as <c>state.sqlite</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>spec.version</c>; empty and <c>v0</c> mean <c>v1</c>.</summary>
    public string Version { get; init; } = "v1";

    /// <summary>When true a failing initialisation is logged and the sidecar goes on without the component.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary>How long initialisation may take; Dapr's default is 5 s.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Resolved metadata; keys compare without regard to case, as in Dapr.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the secrets its metadata was taken from, by metadata key.</summary>
    public IReadOnlyDictionary<string, string> SecretNames { get; init; } = new Dictionary<string, string>();

    /// <summary>App ids that may load it; empty means all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>As it was declared, with references unresolved: another text means that somebody changed it. Empty when it was made in code.</summary>
    public string Declaration { get; init; } = "";

    /// <summary>Where it was declared.</summary>
    public SourceLocation Location { get; init; } = SourceLocation.Code;

    /// <summary>Where each metadata key was declared, when it came from a file.</summary>
    public IReadOnlyDictionary<string, SourceLocation> MetadataLocations { get; init; } = new Dictionary<string, SourceLocation>();
}
