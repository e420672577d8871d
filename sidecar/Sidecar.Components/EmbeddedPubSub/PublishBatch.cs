using System.Buffers;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>Where one record of a batch stands in its buffer, and what the broker must know of it.</summary>
internal readonly record struct PendingRecord(int Offset, int Length, string Topic, string? Key, long ExpiresAt, MessageMarks? Marks);

/// <summary>Messages of one publish call, encoded and waiting for the writer: they become durable together.</summary>
internal sealed class PublishBatch : IDisposable
{
    private readonly byte[] _buffer;

    private PublishBatch(byte[] buffer, int length, PendingRecord[] records)
    {
        _buffer = buffer;
        Length = length;
        Records = records;
    }

    public int Length { get; }

    public PendingRecord[] Records { get; }

    public Memory<byte> Bytes => _buffer.AsMemory(0, Length);

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static PublishBatch Encode(IReadOnlyList<PubSubMessage> messages, DateTimeOffset now)
    {
        var records = new PendingRecord[messages.Count];
        var allMetadata = new IReadOnlyDictionary<string, string>[messages.Count];
        var total = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            var metadata = allMetadata[i] = MessageMarks.Mark(message);
            var key = metadata.TryGetValue("partitionKey", out var value) && value.Length > 0 ? value : null;
            var length = LogRecord.Measure(message.Topic, key, message.ContentType, metadata, message.Data.Length);
            records[i] = new PendingRecord(total, length, message.Topic, key, ExpiryOf(message, now), MessageMarks.Of(metadata));
            total = checked(total + length);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(total);
        for (var i = 0; i < messages.Count; i++)
        {
            var (offset, length, topic, key, expires, _) = records[i];
            LogRecord.Write(
                buffer.AsSpan(offset, length), topic, key, messages[i].ContentType, allMetadata[i], messages[i].Data.Span, now, expires);
        }

        return new PublishBatch(buffer, total, records);
    }

    /// <summary>Gives the buffer back; only when nobody waits for it to be written any more.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private static long ExpiryOf(PubSubMessage message, DateTimeOffset now)
    {
        if (!message.Metadata.TryGetValue("ttlInSeconds", out var text) || text.Length == 0)
            return 0;
        if (!long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds))
            throw new ArgumentException($"ttlInSeconds value must be a valid integer: actual is '{text}'");
        if (seconds <= 0)
            throw new ArgumentException($"ttlInSeconds value must be higher than zero: actual is '{text}'");
        return now.ToUnixTimeMilliseconds() + (Math.Min(seconds, int.MaxValue) * 1000);
    }
}
