using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>A file that lists topics which need a stream: <c>{"maxAge": "168h", "topics": ["orders"]}</c>.</summary>
/// <param name="Topics">Topics.</param>
/// <param name="MaxAge">How long their messages are kept; null for <see cref="StreamBootstrap.UsualMaxAge"/>.</param>
public sealed record StreamList(IReadOnlyList<string> Topics, TimeSpan? MaxAge)
{
    /// <summary>Where a repository keeps it: beside the component folders, in none of them.</summary>
    public const string UsualFile = "components/streams.json";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is missing, or no such list; the message names it.</exception>
    public static StreamList Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllText(path), StreamListJson.Default.StreamListFile);
            if (file?.Topics is not { Count: > 0 } topics)
                throw new InvalidDataException($"{path}: 'topics' is missing or empty; write {{\"topics\": [\"orders\"]}}");
            TimeSpan? maxAge = file.MaxAge is not { } text ? null
                : GoDuration.TryParse(text, out var age) && age >= TimeSpan.Zero ? age
                : throw new InvalidDataException($"{path}: 'maxAge' is '{text}', which is no duration; write 168h, or 0 for ever");
            return new StreamList(topics, maxAge);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}

internal sealed record StreamListFile(
    [property: JsonPropertyName("topics")] IReadOnlyList<string>? Topics, [property: JsonPropertyName("maxAge")] string? MaxAge);

[JsonSerializable(typeof(StreamListFile))]
internal sealed partial class StreamListJson : JsonSerializerContext;
