namespace Sidecar.Runtime.Resources.Loading;

/// <summary>A node of a YAML document that knows where it was written, so that every error can say so.</summary>
/// <param name="location">File and line.</param>
/// <param name="path">Keys from the root, such as <c>spec.metadata[0].value</c>.</param>
public abstract class YamlNode(SourceLocation location, string path)
{
    /// <summary>File and line.</summary>
    public SourceLocation Location { get; } = location;

    /// <summary>Keys from the root; empty for the root.</summary>
    public string Path { get; } = path;

    /// <summary>True for <c>null</c>, <c>~</c> and nothing at all.</summary>
    public virtual bool IsNull => false;

    /// <summary>An error about this node.</summary>
    public ResourceException Error(string problem) => new(Location, Path, problem);

    /// <summary>The node as a map.</summary>
    /// <exception cref="ResourceException">It is something else.</exception>
    public YamlMap AsMap() => this as YamlMap ?? throw Error($"must be a map of keys and values, not {Kind}");

    /// <summary>The node as text.</summary>
    /// <exception cref="ResourceException">It is something else, or null.</exception>
    public string AsText() => this is YamlScalar { IsNull: false } scalar ? scalar.Text : throw Error($"must be a single value, not {Kind}");

    private string Kind => this switch
    {
        YamlMap => "a map",
        YamlList => "a list",
        _ => IsNull ? "nothing" : "a single value",
    };
}

/// <summary>A list.</summary>
public sealed class YamlList(SourceLocation location, string path, IReadOnlyList<YamlNode> items) : YamlNode(location, path)
{
    /// <summary>Its items.</summary>
    public IReadOnlyList<YamlNode> Items { get; } = items;
}
