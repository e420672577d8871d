using System.Text.Json;

namespace ServiceDefaults;

/// <summary>How records travel: web names, and nothing missing. A message without a required member is malformed, not half-filled.</summary>
public static class WireJson
{
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Sets the same rules on options that somebody else owns.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        return options;
    }
}
