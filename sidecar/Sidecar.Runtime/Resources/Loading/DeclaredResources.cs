namespace Sidecar.Runtime.Resources.Loading;

/// <summary>What the folders declare for one app, before references are resolved.</summary>
internal sealed class DeclaredResources
{
    private readonly Dictionary<(string Kind, string Name), SourceLocation> _seen = [];

    public List<DeclaredComponent> Components { get; } = [];

    public List<Subscription> Subscriptions { get; } = [];

    public List<DeclaredHttpEndpoint> HttpEndpoints { get; } = [];

    public List<ResiliencySpec> Resiliencies { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>Texts of the resources that a running sidecar does not take up.</summary>
    public List<string> FixedAtStart { get; } = [];

    /// <summary>One kind, one name: a state store and a pub/sub component may not share a name either, since both are Components.</summary>
    public void RefuseDuplicate(Manifest manifest, string appId)
    {
        if (manifest.Name.Length == 0 || _seen.TryAdd((manifest.Kind, manifest.Name), manifest.Root.Location))
            return;
        throw new ResourceException(manifest.Root.Map("metadata")!.Find("name")!.Location, "metadata.name",
            $"{manifest.Kind} '{manifest.Name}' is declared twice for app '{appId}': also at {_seen[(manifest.Kind, manifest.Name)]}");
    }
}

/// <summary>Orders secret stores so that one whose metadata comes from another store comes after that one.</summary>
internal static class SecretStoreOrder
{
    public static IReadOnlyList<DeclaredComponent> Of(IReadOnlyList<DeclaredComponent> stores)
    {
        var byName = stores.ToDictionary(store => store.Head.Name, StringComparer.Ordinal);
        var ordered = new List<DeclaredComponent>();
        var path = new List<string>();
        foreach (var store in stores)
        {
            Visit(store);
        }

        return ordered;

        void Visit(DeclaredComponent store)
        {
            if (ordered.Contains(store))
                return;
            if (path.Contains(store.Head.Name))
            {
                throw new ResourceException(store.Head.Location, "auth.secretStore",
                    $"secret stores wait for each other: {string.Join(" -> ", path.Append(store.Head.Name))}");
            }

            path.Add(store.Head.Name);
            if (store.Metadata.Any(value => value.Source is ValueSource.Secret) && byName.TryGetValue(store.SecretStore, out var needed))
                Visit(needed);
            path.RemoveAt(path.Count - 1);
            ordered.Add(store);
        }
    }
}
