using System.Text.Json;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>Finds the <c>id</c> of a CloudEvent, by which JetStream recognises a message that it has already.</summary>
internal static class CloudEventId
{
    /// <summary>The text of the top-level <c>id</c>; null when the payload is no JSON object, or has no such text.</summary>
    public static string? Find(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        string? id = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    var isId = reader.ValueTextEquals("id"u8);
                    reader.Read();
                    if (isId)
                        id = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }

            return string.IsNullOrEmpty(id) ? null : id;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or text that is no UTF-8: a raw payload, which has no id.
            return null;
        }
    }
}
