using System.Text.Json.Nodes;

namespace Reproducible;

/// <summary>Members that OCI's documents must have; what is missing is named.</summary>
public static class Json
{
    /// <summary>A member that is text.</summary>
    public static string Text(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Missing(json, name);

    /// <summary>A member that is an object.</summary>
    public static JsonObject Child(this JsonObject json, string name) => json[name] as JsonObject ?? throw Missing(json, name);

    /// <summary>A member that is a list of objects; none where it is missing.</summary>
    public static IReadOnlyList<JsonObject> Children(this JsonObject json, string name) => [.. (json[name] as JsonArray ?? []).OfType<JsonObject>()];

    private static InvalidDataException Missing(JsonObject json, string name)
    {
        var text = json.ToJsonString();
        return new InvalidDataException($"'{name}' is missing in {(text.Length > 200 ? text[..200] + " …" : text)}");
    }
}
