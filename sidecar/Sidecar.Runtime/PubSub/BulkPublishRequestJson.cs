using System.Text;
using System.Text.Json;

namespace Sidecar.Runtime.PubSub;

/// <summary>Reads the body of a bulk publish: <c>[{entryId, event, contentType, metadata}]</c>, keys compared without regard to case.</summary>
internal static class BulkPublishRequestJson
{
    /// <summary>Reads the entries; JSON events keep their bytes.</summary>
    /// <exception cref="Errors.DaprApiException">The body is no such list, or an event does not fit its content type.</exception>
    public static IReadOnlyList<BulkEntry> Read(string pubsub, string topic, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(entry => ReadEntry(pubsub, topic, entry))]
                : throw PubSubErrors.BadBulkRequest(pubsub, topic, "the body must be a JSON array of entries");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw PubSubErrors.BadBulkRequest(pubsub, topic, exception.Message);
        }
    }

    private static BulkEntry ReadEntry(string pubsub, string topic, JsonElement entry)
    {
        var (id, contentType) = ("", "");
        JsonElement? payload = null;
        var metadata = new Dictionary<string, string>();
        foreach (var property in entry.EnumerateObject())
        {
            if (property.NameEquals("event"u8))
                payload = property.Value;
            else if (property.Name.Equals("entryId", StringComparison.OrdinalIgnoreCase))
                id = property.Value.GetString() ?? "";
            else if (property.Name.Equals("contentType", StringComparison.OrdinalIgnoreCase))
                contentType = property.Value.GetString() ?? "";
            else if (property.Name.Equals("metadata", StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == JsonValueKind.Object)
                metadata = property.Value.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString() ?? "");
        }

        if (contentType.Length == 0)
            contentType = payload?.ValueKind == JsonValueKind.String ? ContentTypes.PlainText : ContentTypes.Json;
        return new BulkEntry(id, BytesOf(pubsub, topic, payload, contentType), contentType, metadata);
    }

    private static byte[] BytesOf(string pubsub, string topic, JsonElement? payload, string contentType)
    {
        if (payload is not { } value)
            return [];
        if (ContentTypes.IsJson(contentType))
            return Encoding.UTF8.GetBytes(value.GetRawText());
        if (value.ValueKind != JsonValueKind.String)
            throw PubSubErrors.BadBulkEntry(pubsub, topic, $"an event of content type '{contentType}' must be a JSON string");
        if (!ContentTypes.IsBinary(contentType))
            return Encoding.UTF8.GetBytes(value.GetString()!);
        return value.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw PubSubErrors.BadBulkEntry(pubsub, topic, $"an event of content type '{contentType}' must be base64");
    }
}
