namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Where the value of a metadata entry or header comes from.</summary>
internal abstract record ValueSource
{
    public sealed record Literal(string Text) : ValueSource;

    public sealed record Secret(string Name, string Key) : ValueSource;

    public sealed record EnvironmentVariable(string Name) : ValueSource;

    /// <summary>Reads <c>value</c>, <c>secretKeyRef</c> or <c>envRef</c> of an entry.</summary>
    public static ValueSource Read(YamlMap entry)
    {
        if (entry.Map("secretKeyRef") is { } secret)
        {
            var name = secret.RequiredText("name", "the name of the secret");
            return new Secret(name, secret.Text("key") is { Length: > 0 } key ? key : name);
        }

        if (entry.Text("envRef") is { Length: > 0 } variable)
            return new EnvironmentVariable(variable);
        return new Literal(entry.Find("value") switch
        {
            null => "",
            YamlScalar scalar => scalar.ComponentText,
            var composite => YamlJson.Write(composite),
        });
    }
}

/// <summary>A named value before it is resolved.</summary>
internal sealed record NamedValue(string Name, ValueSource Source, SourceLocation Location, string Path)
{
    /// <summary>Reads a list of <c>name</c> with <c>value</c>, <c>secretKeyRef</c> or <c>envRef</c>.</summary>
    public static IReadOnlyList<NamedValue> ReadList(YamlMap owner, string key) => [.. owner.List(key).Select(item =>
    {
        var entry = item.AsMap();
        var name = entry.RequiredText("name", "every entry needs a name");
        var value = entry.Find("value") ?? entry.Find("secretKeyRef") ?? entry.Find("envRef") ?? item;
        return new NamedValue(name, ValueSource.Read(entry), value.Location, value.Path);
    })];
}
