using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Sidecar.Runtime.PubSub;

/// <summary>What the envelope of one event is made from.</summary>
internal readonly record struct EventEnvelope(
    string PubSubName, string Topic, string Source, string ContentType, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata, EventTrace Trace,
    DateTimeOffset Now, TimeSpan? TimeToLive);

/// <summary>
/// Writes CloudEvents 1.0 envelopes as Dapr does. JSON data goes in byte for byte, so numbers keep their digits; binary data, and text that is no UTF-8,
/// goes to <c>data_base64</c>.
/// </summary>
internal static class CloudEventWriter
{
    private const string DefaultSource = "Dapr";
    private const string DefaultType = "com.dapr.event.sent";

    // Property names and values are not placed in HTML.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Wraps data that is no CloudEvent yet; metadata <c>cloudevent.*</c> overrides what the sidecar would say.</summary>
    public static void Wrap(IBufferWriter<byte> target, in EventEnvelope envelope)
    {
        using var json = new Utf8JsonWriter(target, s_options);
        json.WriteStartObject();
        json.WriteString("datacontenttype"u8, envelope.ContentType);
        if (envelope.TimeToLive is { } ttl)
            json.WriteString("expiration"u8, Rfc3339(envelope.Now + ttl));
        if (Override(envelope, "cloudevent.id") is { } id)
            json.WriteString("id"u8, id);
        else
            json.WriteString("id"u8, Guid.NewGuid());
        json.WriteString("pubsubname"u8, envelope.PubSubName);
        json.WriteString("source"u8, Override(envelope, "cloudevent.source") ?? (envelope.Source.Length > 0 ? envelope.Source : DefaultSource));
        json.WriteString("specversion"u8, "1.0"u8);
        if (Override(envelope, "cloudevent.subject") is { } subject)
            json.WriteString("subject"u8, subject);
        json.WriteString("time"u8, Rfc3339(envelope.Now));
        json.WriteString("topic"u8, envelope.Topic);
        // Both always say the same; traceid is the older name.
        var parent = Override(envelope, "cloudevent.traceparent") ?? Override(envelope, "cloudevent.traceid") ?? envelope.Trace.Parent;
        json.WriteString("traceid"u8, parent);
        json.WriteString("traceparent"u8, parent);
        json.WriteString("tracestate"u8, Override(envelope, "cloudevent.tracestate") ?? envelope.Trace.State);
        json.WriteString("type"u8, Override(envelope, "cloudevent.type") ?? DefaultType);
        WriteData(json, envelope.ContentType, envelope.Data.Span);
        json.WriteEndObject();
    }

    /// <summary>
    /// Takes over an event that is a CloudEvent already: sets topic, component and trace, fills in what is required and missing, and leaves everything else as it is.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static void TakeOver(IBufferWriter<byte> target, in EventEnvelope envelope)
    {
        var text = envelope.Data.Span;
        var reader = new Utf8JsonReader(text);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a CloudEvent must be a JSON object");

        using var json = new Utf8JsonWriter(target, s_options);
        json.WriteStartObject();
        bool hasId = false, hasSource = false, hasType = false, hasVersion = false, hasTime = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var kept = !IsSetBySidecar(ref reader, envelope.TimeToLive is not null);
            var (id, source, type, version, time) =
                (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("source"u8), reader.ValueTextEquals("type"u8), reader.ValueTextEquals("specversion"u8), reader.ValueTextEquals("time"u8));
            var name = kept ? reader.GetString()! : "";
            reader.Read();
            if ((id || source || type || version || time) && reader.TokenType == JsonTokenType.Null)
                continue;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!kept)
                continue;
            (hasId, hasSource, hasType, hasVersion, hasTime) = (hasId | id, hasSource | source, hasType | type, hasVersion | version, hasTime | time);
            json.WritePropertyName(name);
            json.WriteRawValue(text[start..(int)reader.BytesConsumed], skipInputValidation: true);
        }

        if (reader.Read())
            throw new JsonException("a CloudEvent must be one JSON object");
        if (!hasId)
            json.WriteString("id"u8, Guid.NewGuid());
        if (!hasSource)
            json.WriteString("source"u8, DefaultSource);
        if (!hasType)
            json.WriteString("type"u8, DefaultType);
        if (!hasVersion)
            json.WriteString("specversion"u8, "1.0"u8);
        if (!hasTime)
            json.WriteString("time"u8, Rfc3339(envelope.Now));
        if (envelope.TimeToLive is { } ttl)
            json.WriteString("expiration"u8, Rfc3339(envelope.Now + ttl));
        json.WriteString("pubsubname"u8, envelope.PubSubName);
        json.WriteString("topic"u8, envelope.Topic);
        json.WriteString("traceid"u8, envelope.Trace.Parent);
        json.WriteString("traceparent"u8, envelope.Trace.Parent);
        json.WriteString("tracestate"u8, envelope.Trace.State);
        json.WriteEndObject();
    }

    /// <summary>Makes an event of a raw payload on the receiving side.</summary>
    public static void WrapRaw(IBufferWriter<byte> target, string pubSubName, PubSubMessage message)
    {
        using var json = new Utf8JsonWriter(target, s_options);
        json.WriteStartObject();
        json.WriteString("datacontenttype"u8, ContentTypes.Binary);
        json.WriteString("id"u8, Guid.NewGuid());
        json.WriteString("pubsubname"u8, pubSubName);
        json.WriteString("source"u8, DefaultSource);
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("topic"u8, message.Topic);
        var parent = message.Metadata.GetValueOrDefault("traceparent");
        if ((parent ?? message.Metadata.GetValueOrDefault("traceid")) is { } trace)
            json.WriteString("traceid"u8, trace);
        if (parent is not null)
            json.WriteString("traceparent"u8, parent);
        if (message.Metadata.TryGetValue("tracestate", out var state))
            json.WriteString("tracestate"u8, state);
        json.WriteString("type"u8, DefaultType);
        json.WriteBase64String("data_base64"u8, message.Data.Span);
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, string contentType, ReadOnlySpan<byte> data)
    {
        if (ContentTypes.IsJson(contentType) && IsJsonValue(data))
        {
            json.WritePropertyName("data"u8);
            json.WriteRawValue(data, skipInputValidation: true);
        }
        else if (ContentTypes.IsBinary(contentType) || !Utf8.IsValid(data))
        {
            json.WriteBase64String("data_base64"u8, data);
        }
        else
        {
            json.WriteString("data"u8, data);
        }
    }

    private static bool IsJsonValue(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            while (reader.Read())
            {
            }

            return data.Length > 0;
        }
        catch (JsonException)
        {
            // As in Dapr: what does not parse travels as a text.
            return false;
        }
    }

    private static bool IsSetBySidecar(ref Utf8JsonReader reader, bool expires) =>
        reader.ValueTextEquals("topic"u8) || reader.ValueTextEquals("pubsubname"u8) || reader.ValueTextEquals("traceid"u8)
        || reader.ValueTextEquals("traceparent"u8) || reader.ValueTextEquals("tracestate"u8) || (expires && reader.ValueTextEquals("expiration"u8));

    private static string? Override(in EventEnvelope envelope, string key)
    {
        if (envelope.Metadata.Count == 0)
            return null;
        if (envelope.Metadata.TryGetValue(key, out var value))
            return value.Length > 0 ? value : null;
        foreach (var (name, other) in envelope.Metadata)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase) && other.Length > 0)
                return other;
        }

        return null;
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
