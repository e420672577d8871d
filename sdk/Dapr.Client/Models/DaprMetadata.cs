namespace Dapr.Client;

/// <summary>What a sidecar says about itself.</summary>
public sealed class DaprMetadata
{
    /// <summary>What a sidecar said about itself.</summary>
    public DaprMetadata(
        string id,
        IReadOnlyList<DaprActorMetadata> actors,
        IReadOnlyDictionary<string, string> extended,
        IReadOnlyList<DaprComponentsMetadata> components)
    {
        Id = id;
        Actors = actors;
        Extended = extended;
        Components = components;
    }

    /// <summary>The app id.</summary>
    public string Id { get; }

    /// <summary>The actor types hosted, with their active counts.</summary>
    public IReadOnlyList<DaprActorMetadata> Actors { get; }

    /// <summary>Attributes set by the application or the CLI.</summary>
    public IReadOnlyDictionary<string, string> Extended { get; }

    /// <summary>The components loaded.</summary>
    public IReadOnlyList<DaprComponentsMetadata> Components { get; }
}

/// <summary>An actor type hosted by a sidecar's application.</summary>
public sealed class DaprActorMetadata
{
    /// <summary>A type and the count of its active actors.</summary>
    public DaprActorMetadata(string type, int count)
    {
        Type = type;
        Count = count;
    }

    /// <summary>The actor type.</summary>
    public string Type { get; }

    /// <summary>How many are active.</summary>
    public int Count { get; }
}

/// <summary>A component loaded by a sidecar.</summary>
public sealed class DaprComponentsMetadata
{
    /// <summary>A component.</summary>
    public DaprComponentsMetadata(string name, string type, string version, string[] capabilities)
    {
        Name = name;
        Type = type;
        Version = version;
        Capabilities = capabilities;
    }

    /// <summary>Name of the component.</summary>
    public string Name { get; }

    /// <summary>Its type, such as <c>state.sqlite</c>.</summary>
    public string Type { get; }

    /// <summary>Version of the type, such as <c>v1</c>.</summary>
    public string Version { get; }

    /// <summary>What it can do, such as <c>ETAG</c>.</summary>
    public string[] Capabilities { get; }
}
