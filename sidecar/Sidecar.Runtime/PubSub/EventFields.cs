using System.Globalization;
using System.Text.Json;

namespace Sidecar.Runtime.PubSub;

/// <summary>The few attributes of an event that delivery itself looks at; the data is skipped, not parsed.</summary>
internal readonly record struct EventFields(string Id, string? TraceParent, string? TraceState, string? Expiration)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="JsonException">The bytes are no JSON object.</exception>
    public static EventFields Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("the message is no CloudEvent: it is not a JSON object");

        string? id = null, parent = null, traceId = null, state = null, expiration = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
                id = Text(ref reader);
            else if (reader.ValueTextEquals("traceparent"u8))
                parent = Text(ref reader);
            else if (reader.ValueTextEquals("traceid"u8))
                traceId = Text(ref reader);
            else if (reader.ValueTextEquals("tracestate"u8))
                state = Text(ref reader);
            else if (reader.ValueTextEquals("expiration"u8))
                expiration = Text(ref reader);
            else
                reader.Skip();
        }

        if (reader.Read())
            throw new JsonException("the message is no CloudEvent: something follows the JSON object");
        return new EventFields(id ?? "", parent ?? traceId, state, expiration);
    }

    /// <summary>True when its time is over; an expiration that cannot be read never is.</summary>
    public bool HasExpired(DateTimeOffset now) =>
        Expiration is { Length: > 0 }
        && DateTimeOffset.TryParse(Expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
        && expires < now;

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }
}
