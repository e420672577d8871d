using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Between publish metadata and record headers, and back: what Dapr's component carries over, and under which names.</summary>
internal static class KafkaHeaders
{
    private static readonly string[] s_keyNames = ["partitionKey", "__key"];

    /// <summary>The record's key: <c>partitionKey</c>, or <c>__key</c>, which a delivery that is published again carries.</summary>
    public static byte[]? KeyOf(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var name in s_keyNames)
        {
            if (metadata.TryGetValue(name, out var key))
                return Encoding.UTF8.GetBytes(key);
        }

        return null;
    }

    /// <summary>Every metadata entry is a header, the key's too, except what <paramref name="excluded"/> names.</summary>
    public static Headers? FromMetadata(IReadOnlyDictionary<string, string> metadata, Regex? excluded)
    {
        Headers? headers = null;
        foreach (var (name, value) in metadata)
        {
            if (excluded?.IsMatch(name) is true)
                continue;
            headers ??= [];
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }

    /// <summary>Metadata of a delivery. A header that bears one of the sidecar's own names wins, as in Dapr.</summary>
    public static Dictionary<string, string> ToMetadata(ConsumeResult<byte[]?, byte[]?> record, Regex? excluded, bool escape)
    {
        var headers = record.Message.Headers;
        var metadata = new Dictionary<string, string>((headers?.Count ?? 0) + 5, StringComparer.Ordinal);
        if (record.Message.Key is { } key)
            metadata["__key"] = Text(key, escape);
        metadata["__offset"] = record.Offset.Value.ToString(CultureInfo.InvariantCulture);
        metadata["__topic"] = record.Topic;
        metadata["__timestamp"] = record.Message.Timestamp.UnixTimestampMs.ToString(CultureInfo.InvariantCulture);
        metadata["__partition"] = record.Partition.Value.ToString(CultureInfo.InvariantCulture);
        if (headers is null)
            return metadata;
        foreach (var header in headers)
        {
            if (excluded?.IsMatch(header.Key) is not true)
                metadata[header.Key] = Text(header.GetValueBytes() ?? [], escape);
        }

        return metadata;
    }

    /// <summary>Escaped as in a query string: a space becomes a plus.</summary>
    private static string Text(byte[] bytes, bool escape)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return escape ? Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal) : text;
    }
}
