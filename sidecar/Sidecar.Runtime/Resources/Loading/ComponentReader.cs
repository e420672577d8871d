namespace Sidecar.Runtime.Resources.Loading;

/// <summary>A component as declared, before its references are resolved.</summary>
internal sealed record DeclaredComponent(Component Head, IReadOnlyList<NamedValue> Metadata, string SecretStore)
{
    public bool IsSecretStore => Head.Type.StartsWith("secretstores.", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Reads Component resources.</summary>
internal static class ComponentReader
{
    private static readonly TimeSpan s_defaultInitTimeout = TimeSpan.FromSeconds(5);

    public static DeclaredComponent Read(Manifest manifest, IReadOnlyCollection<string>? knownTypes)
    {
        manifest.RequireName();
        var spec = manifest.Spec;
        var type = spec.RequiredText("type", "the building block and implementation, such as state.sqlite");
        var ignoreErrors = spec.Flag("ignoreErrors");
        if (knownTypes is not null && !ignoreErrors && !knownTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw spec.Find("type")!.Error(UnknownType(type, knownTypes));
        return new DeclaredComponent(
            new Component
            {
                Name = manifest.Name,
                Type = type,
                Version = Version(spec),
                IgnoreErrors = ignoreErrors,
                InitTimeout = InitTimeout(spec),
                Scopes = manifest.Scopes,
                Declaration = manifest.Text,
                Location = manifest.Root.Location,
            },
            NamedValue.ReadList(spec, "metadata"),
            manifest.SecretStore);
    }

    public static async ValueTask<Component> ResolveAsync(
        DeclaredComponent declared, ValueResolver resolver, IReadOnlySet<string> secretStores, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var locations = new Dictionary<string, SourceLocation>(StringComparer.OrdinalIgnoreCase);
        var secrets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in declared.Metadata)
        {
            var text = await resolver.ResolveAsync(value, declared.SecretStore, secretStores, cancellationToken);
            metadata[value.Name] = resolver.ReplacePlaceholders(text, value);
            locations[value.Name] = value.Location;
            if (value.Source is ValueSource.Secret secret)
                secrets[value.Name] = secret.Name;
        }

        return declared.Head with { Metadata = metadata, MetadataLocations = locations, SecretNames = secrets };
    }

    private static string Version(YamlMap spec) => spec.Text("version") is { Length: > 0 } version && version != "v0" ? version : "v1";

    // Dapr falls back to its default where the value is unusable.
    private static TimeSpan InitTimeout(YamlMap spec) =>
        GoDuration.TryParse(spec.Text("initTimeout") ?? "", out var timeout) && timeout > TimeSpan.Zero ? timeout : s_defaultInitTimeout;

    private static string UnknownType(string type, IReadOnlyCollection<string> knownTypes)
    {
        var block = type.Split('.')[0] + ".";
        var near = Spelling.NearMatches(type, knownTypes);
        if (near.Count == 0)
            near = [.. knownTypes.Where(known => known.StartsWith(block, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        if (near.Count == 0)
            near = [.. knownTypes.Order(StringComparer.Ordinal)];
        return $"component type '{type}' is not known here; near matches: {string.Join(", ", near)}";
    }
}
