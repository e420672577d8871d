using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>A message that one group has still to acknowledge: where it lies, not what it says. The payload is read from the log for each delivery.</summary>
internal sealed class Entry(Segment segment, long position, int length, long sequence, long expiresAt)
{
    public Segment Segment { get; } = segment;

    public long Position { get; } = position;

    public int Length { get; } = length;

    public long Sequence { get; } = sequence;

    /// <summary>Unix milliseconds, 0 for never.</summary>
    public long ExpiresAt { get; } = expiresAt;

    /// <summary>Deliveries that failed.</summary>
    public int Failures { get; set; }

    /// <summary>The next message of the same key.</summary>
    public Entry? Next { get; set; }

    /// <summary>Reads what it says from the log.</summary>
    /// <exception cref="IOException">The file cannot be read, or is damaged.</exception>
    public PubSubMessage ReadMessage()
    {
        var bytes = new byte[Length];
        Segment.Read(bytes, Position);
        return LogRecord.TryRead(bytes, out var record)
            ? record.ToMessage(bytes)
            : throw new IOException($"the message at byte {Position} of '{Segment.Path}' cannot be read: its checksum is wrong");
    }
}

/// <summary>The waiting messages of one key in order; a message without a key has a lane of its own. Guarded by the group's lock.</summary>
internal sealed class Lane(string? key)
{
    public string? Key { get; } = key;

    public Entry? Head { get; private set; }

    private Entry? Tail { get; set; }

    /// <summary>When the failed head may be delivered again.</summary>
    public DateTimeOffset RetryAt { get; set; }

    public void Append(Entry entry)
    {
        if (Tail is null)
            Head = entry;
        else
            Tail.Next = entry;
        Tail = entry;
    }

    /// <summary>Takes out one of the first entries, wherever it stands.</summary>
    public void Remove(Entry entry)
    {
        Entry? previous = null;
        for (var current = Head; current is not null; previous = current, current = current.Next)
        {
            if (!ReferenceEquals(current, entry))
                continue;
            if (previous is null)
                Head = current.Next;
            else
                previous.Next = current.Next;
            if (ReferenceEquals(Tail, current))
                Tail = previous;
            return;
        }
    }
}
