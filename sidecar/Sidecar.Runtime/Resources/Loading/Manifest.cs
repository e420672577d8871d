namespace Sidecar.Runtime.Resources.Loading;

/// <summary>The head that all resources share.</summary>
internal sealed record Manifest(string Kind, string ApiVersion, string Name, string? Namespace, IReadOnlyList<string> Scopes, YamlMap Root)
{
    /// <summary>Reads the head, or null when the document is no resource at all.</summary>
    public static Manifest? TryRead(YamlNode document)
    {
        if (document is not YamlMap root || root.Text("kind") is not { Length: > 0 } kind)
            return null;
        var metadata = root.Map("metadata");
        return new Manifest(kind, root.Text("apiVersion") ?? "", metadata?.Text("name") ?? "", metadata?.Text("namespace"), root.Texts("scopes"), root);
    }

    /// <summary>The whole resource in one form, however it is written.</summary>
    public string Text => YamlJson.Write(Root);

    /// <summary>The <c>spec</c>.</summary>
    public YamlMap Spec => Root.Map("spec") ?? throw Root.Missing("spec", $"a {Kind} needs one");

    /// <summary><c>auth.secretStore</c>, or empty.</summary>
    public string SecretStore => Root.Map("auth")?.Text("secretStore") ?? "";

    /// <summary>Refuses a resource without a name.</summary>
    public void RequireName()
    {
        if (Name.Length == 0)
            throw new ResourceException((Root.Map("metadata") ?? Root).Location, "metadata.name", $"is missing: every {Kind} needs a name");
    }

    /// <summary>True when the resource is meant for the app.</summary>
    public bool IsInScope(string appId) => Scopes.Count == 0 || Scopes.Contains(appId, StringComparer.Ordinal);
}
