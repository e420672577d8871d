using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// One message in the log. Layout, little-endian: length of the body (4), CRC-32C of the body (4), then the body: sequence within the topic (8),
/// published at (8) and expires at (8, 0 for never) as Unix milliseconds, lengths of topic, key (0xFFFF for none) and content type and the number of
/// metadata pairs (2 each), then those texts as UTF-8 (metadata texts with a length of 2 before each), then the data.
/// </summary>
internal readonly ref struct LogRecord
{
    public const int PrefixSize = 8;
    public const int FixedSize = PrefixSize + 32;
    private const ushort NoKey = 0xFFFF;
    private const int MaxText = 0xFFFE;

    private readonly ReadOnlySpan<byte> _record;

    private LogRecord(ReadOnlySpan<byte> record) => _record = record;

    public long Sequence => BinaryPrimitives.ReadInt64LittleEndian(_record[8..]);

    public DateTimeOffset PublishedAt => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(_record[16..]));

    public long ExpiresAt => BinaryPrimitives.ReadInt64LittleEndian(_record[24..]);

    public ReadOnlySpan<byte> Topic => _record.Slice(FixedSize, TopicLength);

    public string? Key => KeyLength == NoKey ? null : Encoding.UTF8.GetString(_record.Slice(FixedSize + TopicLength, KeyLength));

    private int TopicLength => BinaryPrimitives.ReadUInt16LittleEndian(_record[32..]);

    private int KeyLength => BinaryPrimitives.ReadUInt16LittleEndian(_record[34..]);

    private int ContentTypeLength => BinaryPrimitives.ReadUInt16LittleEndian(_record[36..]);

    private int MetadataCount => BinaryPrimitives.ReadUInt16LittleEndian(_record[38..]);

    /// <summary>Whether it belongs to a topic.</summary>
    public bool IsOf(string topic)
    {
        var bytes = Topic;
        Span<char> text = stackalloc char[256];
        return bytes.Length <= text.Length
            ? Encoding.UTF8.TryGetChars(bytes, text, out var length) && text[..length].SequenceEqual(topic)
            : Encoding.UTF8.GetString(bytes) == topic;
    }

    /// <summary>Length of the whole record that starts here, or 0 when these bytes cannot be the start of one.</summary>
    public static int MeasureAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PrefixSize)
            return 0;
        var body = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return body is >= FixedSize - PrefixSize and <= int.MaxValue - PrefixSize ? body + PrefixSize : 0;
    }

    /// <summary>Reads a whole record; false when its checksum or its inner lengths are wrong.</summary>
    public static bool TryRead(ReadOnlySpan<byte> record, out LogRecord result)
    {
        result = new LogRecord(record);
        return Checksum(record[PrefixSize..]) == BinaryPrimitives.ReadUInt32LittleEndian(record[4..])
            && FixedSize + result.TopicLength + (result.KeyLength == NoKey ? 0 : result.KeyLength) + result.ContentTypeLength <= record.Length;
    }

    /// <summary>Reads a record that was checked before.</summary>
    public static LogRecord ReadTrusted(ReadOnlySpan<byte> record) => new(record);

    /// <summary>Bytes the message takes in the log.</summary>
    /// <exception cref="ArgumentException">A text is longer than 65,534 bytes.</exception>
    public static int Measure(string topic, string? key, string contentType, IReadOnlyDictionary<string, string> metadata, int dataLength)
    {
        var size = FixedSize + Text(topic) + (key is null ? 0 : Text(key)) + Text(contentType) + dataLength;
        foreach (var (name, value) in metadata)
        {
            size += 4 + Text(name) + Text(value);
        }

        return size;

        static int Text(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            return length <= MaxText
                ? length
                : throw new ArgumentException($"a topic, key, content type or metadata text of {length} bytes is longer than the {MaxText} that the embedded broker keeps");
        }
    }

    /// <summary>Writes everything but the sequence and the checksum, which <see cref="Seal"/> adds.</summary>
    public static void Write(
        Span<byte> record, string topic, string? key, string contentType, IReadOnlyDictionary<string, string> metadata, ReadOnlySpan<byte> data,
        DateTimeOffset publishedAt, long expiresAt)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - PrefixSize);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], publishedAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], expiresAt);
        var at = FixedSize;
        BinaryPrimitives.WriteUInt16LittleEndian(record[32..], Put(record, ref at, topic));
        BinaryPrimitives.WriteUInt16LittleEndian(record[34..], key is null ? NoKey : Put(record, ref at, key));
        BinaryPrimitives.WriteUInt16LittleEndian(record[36..], Put(record, ref at, contentType));
        BinaryPrimitives.WriteUInt16LittleEndian(record[38..], checked((ushort)metadata.Count));
        foreach (var (name, value) in metadata)
        {
            PutPrefixed(record, ref at, name);
            PutPrefixed(record, ref at, value);
        }

        data.CopyTo(record[at..]);

        static ushort Put(Span<byte> record, ref int at, string text)
        {
            var length = Encoding.UTF8.GetBytes(text, record[at..]);
            at += length;
            return (ushort)length;
        }

        static void PutPrefixed(Span<byte> record, ref int at, string text)
        {
            var start = at;
            at += 2;
            BinaryPrimitives.WriteUInt16LittleEndian(record[start..], Put(record, ref at, text));
        }
    }

    /// <summary>Gives the record its sequence and its checksum.</summary>
    public static void Seal(Span<byte> record, long sequence)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[PrefixSize..]));
    }

    /// <summary>CRC-32C.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>What is delivered of it; <paramref name="record"/> must hold the same bytes as this view and is kept as the message's data.</summary>
    public Runtime.PubSub.PubSubMessage ToMessage(ReadOnlyMemory<byte> record)
    {
        var at = FixedSize + TopicLength + (KeyLength == NoKey ? 0 : KeyLength);
        var contentType = Encoding.UTF8.GetString(_record.Slice(at, ContentTypeLength));
        at += ContentTypeLength;
        var metadata = ReadMetadata(ref at);
        return new Runtime.PubSub.PubSubMessage(Encoding.UTF8.GetString(Topic), record[at..], metadata, contentType);
    }

    /// <summary>What the broker noted on it, or null.</summary>
    public MessageMarks? ReadMarks()
    {
        var start = FixedSize + TopicLength + (KeyLength == NoKey ? 0 : KeyLength) + ContentTypeLength;
        var at = start;
        for (var left = MetadataCount; left > 0; left--)
        {
            if (MessageMarks.IsMark(Next(_record, ref at)))
                return MessageMarks.Of(ReadMetadata(ref start));
            Next(_record, ref at);
        }

        return null;
    }

    private Dictionary<string, string> ReadMetadata(ref int at)
    {
        var metadata = new Dictionary<string, string>(MetadataCount, StringComparer.OrdinalIgnoreCase);
        for (var i = MetadataCount; i > 0; i--)
        {
            var name = Get(_record, ref at);
            metadata[name] = Get(_record, ref at);
        }

        return metadata;

        static string Get(ReadOnlySpan<byte> record, ref int at) => Encoding.UTF8.GetString(Next(record, ref at));
    }

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> record, ref int at)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(record[at..]);
        var text = record.Slice(at + 2, length);
        at += 2 + length;
        return text;
    }
}
