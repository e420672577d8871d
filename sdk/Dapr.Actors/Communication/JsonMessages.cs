#nullable enable
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Dapr.Actors.Communication;

/// <summary>Bodies as <c>{"value":{...}}</c> with a property for each argument, or <c>retVal</c> for the result.</summary>
internal sealed class JsonMessages : IMessageBodyFormat
{
    // One for each options object: serializer options cache what they learn about types.
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonMessages> Known = [];

    private readonly JsonSerializerOptions json;

    private JsonMessages(JsonSerializerOptions options)
    {
        json = new JsonSerializerOptions(options) { IncludeFields = true };
    }

    public static JsonMessages With(JsonSerializerOptions options) => Known.GetValue(options, static given => new JsonMessages(given));

    public byte[] Write(WrappedMessage message)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("value"u8);
            JsonSerializer.Serialize(writer, message.Value, message.Value.GetType(), json);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    public WrappedMessageBody Read(byte[] bytes, Type wrapped)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.TryGetProperty("value"u8, out var value)
            ? new WrappedMessageBody { Value = value.Deserialize(wrapped, json)! }
            : throw new JsonException("The body of an actor message is an object with the property 'value'.");
    }
}
