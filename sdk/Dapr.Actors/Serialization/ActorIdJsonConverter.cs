#nullable enable
using System.Text.Json;
using System.Text.Json.Serialization;

// The official namespace is spelled like this, and it shows in the attribute on ActorId.
namespace Dapr.Actors.Seralization;

/// <summary>An id is a JSON string.</summary>
internal sealed class ActorIdJsonConverter : JsonConverter<ActorId>
{
    public override ActorId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && !string.IsNullOrWhiteSpace(text)
            ? new ActorId(text)
            : throw new JsonException("The id of an actor is a JSON string that is not empty.");

    public override void Write(Utf8JsonWriter writer, ActorId value, JsonSerializerOptions options) => writer.WriteStringValue(value.GetId());
}
