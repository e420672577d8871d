using System.Text;
using System.Text.Json;

namespace Sidecar.Runtime.PubSub;

/// <summary>Reads the body of a bulk publish: <c>[{entryId, event, contentType, metadata}]</c>, keys compared without regard to case.</summary>
internal sealed class BulkPublishRequestJson(string pubsub, string topic, string appId)
{
    private const string Mismatch = "error: mismatch between contentType and event";

    /// <summary>Reads the entries; JSON events keep their bytes.</summary>
    /// <exception cref="Errors.DaprApiException">The body is no such list, or an event does not fit its content type.</exception>
    public IReadOnlyList<BulkEntry> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(ReadEntry)]
                : throw PubSubErrors.BadBulkRequest(pubsub, topic, appId, "the body must be a JSON array of entries");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw PubSubErrors.BadBulkRequest(pubsub, topic, appId, exception.Message);
        }
    }

    private BulkEntry ReadEntry(JsonElement entry)
    {
        var (id, contentType) = ("", "");
        JsonElement? payload = null;
        Dictionary<string, string>? metadata = null;
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

        return new BulkEntry(id, BytesOf(payload, contentType), contentType, metadata);
    }

    /// <summary>Without a content type there is no event that fits it.</summary>
    private byte[] BytesOf(JsonElement? payload, string contentType)
    {
        if (ContentTypes.IsJson(contentType))
            return Encoding.UTF8.GetBytes(payload?.GetRawText() ?? "null");
        if (!(ContentTypes.IsBinary(contentType) || ContentTypes.IsText(contentType)) || payload is not { ValueKind: JsonValueKind.String } text)
            throw PubSubErrors.BadEntryData(pubsub, topic, appId, Mismatch);
        if (!ContentTypes.IsBinary(contentType))
            return Encoding.UTF8.GetBytes(text.GetString()!);
        return text.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw PubSubErrors.BadEntryData(pubsub, topic, appId, "error: unable to decode base64 application/octect-stream data");
    }
}
