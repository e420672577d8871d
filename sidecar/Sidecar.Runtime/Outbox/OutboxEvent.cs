using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Outbox;

/// <summary>The CloudEvent of one upsert: first as the announcement on the internal topic, then with its real address.</summary>
internal static class OutboxEvent
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] s_prefixes = ["outbox.cloudevent.", "cloudevent."];

    /// <summary>The announcement; its id is the key of the marker that the transaction saves.</summary>
    /// <param name="id">Key of the marker.</param>
    /// <param name="upsert">What is saved; its metadata overrides attributes, but for <c>id</c> and <c>data</c>.</param>
    /// <param name="payload">What is told: the upsert itself, or its projection.</param>
    /// <param name="settings">Where it goes.</param>
    /// <param name="appId">Its source.</param>
    /// <param name="trace">The transaction's trace.</param>
    /// <param name="now">Its time.</param>
    public static byte[] Announce(string id, SaveRequest upsert, SaveRequest payload, OutboxSettings settings, string appId, EventTrace trace, DateTimeOffset now)
    {
        var contentType = ContentTypeOf(payload);
        var attributes = new JsonObject
        {
            ["id"] = id,
            ["source"] = appId,
            ["specversion"] = "1.0",
            ["type"] = "com.dapr.event.sent",
            ["time"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["datacontenttype"] = contentType.Length > 0 ? contentType : ContentTypes.PlainText,
            ["topic"] = "",
            ["pubsubname"] = settings.InternalPubSub,
            ["traceid"] = trace.Parent,
            // As daprd does: only traceid carries the trace, so that a delivery begins a new one unless the item's metadata names a traceparent.
            ["traceparent"] = "",
            ["tracestate"] = trace.State,
        };
        AddData(attributes, payload, contentType);
        foreach (var (name, value) in upsert.Metadata)
        {
            if (IsFree(name))
                attributes[name] = value;
        }

        foreach (var (name, value) in upsert.Metadata)
        {
            if (s_prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } prefix && IsFree(name[prefix.Length..]))
                attributes[name[prefix.Length..]] = value;
        }

        return Write(attributes);
    }

    /// <summary>The id of an announcement.</summary>
    /// <exception cref="JsonException">It is no CloudEvent with an id.</exception>
    public static string IdOf(ReadOnlyMemory<byte> announcement) =>
        EventFields.Read(announcement.Span).Id is { Length: > 0 } id ? id : throw new JsonException("the announcement has no id");

    /// <summary>The event with its real topic and component; everything else stays.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static byte[] Readdress(ReadOnlyMemory<byte> announcement, OutboxSettings settings)
    {
        var attributes = JsonNode.Parse(announcement.Span) as JsonObject ?? throw new JsonException("the announcement is no JSON object");
        attributes["topic"] = settings.Topic;
        attributes["pubsubname"] = settings.PubSub;
        return Write(attributes);
    }

    private static string ContentTypeOf(SaveRequest item) => item.ContentType ?? item.Metadata.GetValueOrDefault("contentType") ?? "";

    private static bool IsFree(string attribute) => attribute is not ("" or "id" or "data");

    private static void AddData(JsonObject attributes, SaveRequest payload, string contentType)
    {
        // Over HTTP the value is JSON, and a text only when nobody says otherwise.
        var isText = payload is { IsJson: true } && !contentType.Equals(ContentTypes.Json, StringComparison.OrdinalIgnoreCase);
        ReadOnlyMemory<byte> data = isText ? Encoding.UTF8.GetBytes(GoText.Of(payload.Value)) : payload.Value;
        if (ContentTypes.IsJson(contentType) && TryParse(data, out var json))
            attributes["data"] = json;
        else if (ContentTypes.IsBinary(contentType) || !Utf8.IsValid(data.Span))
            attributes["data_base64"] = Convert.ToBase64String(data.Span);
        else
            attributes["data"] = Encoding.UTF8.GetString(data.Span);
    }

    private static bool TryParse(ReadOnlyMemory<byte> data, out JsonNode? json)
    {
        try
        {
            json = JsonNode.Parse(data.Span);
            return true;
        }
        catch (JsonException)
        {
            // As in Dapr: what does not parse travels as a text.
            json = null;
            return false;
        }
    }

    private static byte[] Write(JsonObject attributes)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_options))
            attributes.WriteTo(json);
        return buffer.WrittenSpan.ToArray();
    }
}
