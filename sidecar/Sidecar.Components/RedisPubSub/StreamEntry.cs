using System.Text.Json;
using Sidecar.Components.Redis;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RedisPubSub;

/// <summary>One message of a stream as Dapr writes it: field <c>data</c> holds the payload, field <c>metadata</c> the publish metadata as a JSON object.</summary>
internal sealed record StreamEntry(string Id, PubSubMessage Message)
{
    private static readonly Dictionary<string, string> s_noMetadata = [];

    /// <summary>Reads an entry of a reply to XREADGROUP or XCLAIM; null for one that is not in the stream any more.</summary>
    public static StreamEntry? Read(string topic, RedisReply entry)
    {
        if (entry.Items is not [var id, { Kind: RedisReplyKind.Array } fields])
            return null;
        byte[] data = [];
        var metadata = s_noMetadata;
        for (var i = 0; i + 1 < fields.Items.Length; i += 2)
        {
            var name = fields.Items[i].Bytes;
            if (name.AsSpan().SequenceEqual("data"u8))
                data = fields.Items[i + 1].Bytes;
            else if (name.AsSpan().SequenceEqual("metadata"u8))
                metadata = ReadMetadata(fields.Items[i + 1].Bytes);
        }

        return new StreamEntry(id.Text, new PubSubMessage(topic, data, metadata));
    }

    /// <summary>Writes publish metadata.</summary>
    public static byte[] WriteMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return "{}"u8.ToArray();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in metadata)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The smallest id after this one.</summary>
    public static string After(string id)
    {
        var dash = id.IndexOf('-');
        return $"{id[..dash]}-{ulong.Parse(id.AsSpan(dash + 1), System.Globalization.CultureInfo.InvariantCulture) + 1}";
    }

    /// <summary>What another program wrote there may be anything: a message without readable metadata is still a message.</summary>
    private static Dictionary<string, string> ReadMetadata(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            string? name = null;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                    name = reader.GetString();
                else if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == 1 && name is not null)
                    metadata[name] = reader.GetString()!;
            }

            return metadata;
        }
        catch (JsonException)
        {
            return s_noMetadata;
        }
    }
}
