using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// What groups have acknowledged, as an append-only file of checksummed frames. Changes are collected by <see cref="Acknowledge"/> and its like and
/// written by the broker's writer a few milliseconds later: losing the last of them in a crash only means that those messages come again.
/// When the file has grown it is replaced by a new generation that starts with the whole state.
/// </summary>
internal sealed class GroupJournal : IDisposable
{
    private const int FramePrefix = 8;
    private readonly Lock _lock = new();
    private readonly string _directory;
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _writing = new();
    private SafeFileHandle _file;
    private long _generation;
    private long _length;
    private long _baseLength;
    private bool _unflushed;

    private GroupJournal(string directory, long generation, SafeFileHandle file, long length)
    {
        _directory = directory;
        _generation = generation;
        _file = file;
        _length = length;
        _baseLength = length;
    }

    private enum FrameKind : byte
    {
        Group = 1,
        Ranges = 2,
        Acknowledged = 3,
        Dead = 4,
        Revived = 5,
        NextSequence = 6,
        Settled = 7,
    }

    /// <summary>True while there are changes that were not written.</summary>
    public bool HasPending
    {
        get
        {
            lock (_lock)
                return _pending.WrittenCount > 0;
        }
    }

    /// <summary>True when the file holds much more than the state it stands for.</summary>
    public bool IsBloated => _length > _baseLength + (4 << 20);

    /// <summary>Opens the newest generation and gives what it says to <paramref name="state"/>; a torn end is cut.</summary>
    /// <returns>The journal, and how many bytes were cut off its end.</returns>
    public static (GroupJournal Journal, long Cut) Open(string directory, IGroupJournalReader state)
    {
        var files = Directory.GetFiles(directory, "groups-*.journal").Order(StringComparer.Ordinal).ToList();
        foreach (var leftover in Directory.GetFiles(directory, "groups-*.tmp").Concat(files.SkipLast(1)))
        {
            File.Delete(leftover);
        }

        var generation = files.Count == 0 ? 1 : long.Parse(Path.GetFileNameWithoutExtension(files[^1])["groups-".Length..], CultureInfo.InvariantCulture);
        var path = FilePath(directory, generation);
        var bytes = files.Count == 0 ? [] : File.ReadAllBytes(path);
        var valid = Replay(bytes, state);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (valid < bytes.Length)
            RandomAccess.SetLength(file, valid);
        return (new GroupJournal(directory, generation, file, valid), bytes.Length - valid);
    }

    public void DefineGroup(int id, string topic, string name)
    {
        lock (_lock)
            PutGroup(_pending, id, topic, name);
    }

    public void Acknowledge(int group, long sequence)
    {
        lock (_lock)
            PutSequence(_pending, FrameKind.Acknowledged, group, sequence);
    }

    public void Bury(int group, DeadMessage dead)
    {
        lock (_lock)
            PutDead(_pending, group, dead);
    }

    public void Revive(int group, long sequence)
    {
        lock (_lock)
            PutSequence(_pending, FrameKind.Revived, group, sequence);
    }

    public void NextSequence(string topic, long next)
    {
        lock (_lock)
            PutNext(_pending, topic, next);
    }

    /// <summary>A dead letter was replayed, discarded or let go.</summary>
    public void Settle(string topic, long sequence)
    {
        lock (_lock)
            PutSettled(_pending, topic, sequence, sequence);
    }

    /// <summary>Writes what was collected; what cannot be written now is kept for the next time. Called by the writer alone.</summary>
    public void Write(bool flush)
    {
        WriteOut();
        lock (_lock)
            (_pending, _writing) = (_writing, _pending);
        WriteOut();

        if (flush && _unflushed)
        {
            RandomAccess.FlushToDisk(_file);
            _unflushed = false;
        }
    }

    private void WriteOut()
    {
        if (_writing.WrittenCount == 0)
            return;
        RandomAccess.Write(_file, _writing.WrittenSpan, _length);
        _length += _writing.WrittenCount;
        _unflushed = true;
        _writing.ResetWrittenCount();
    }

    /// <summary>Starts a new generation with the state that <paramref name="write"/> gives; called by the writer alone.</summary>
    public void Compact(Action<Snapshot> write)
    {
        // What is pending now is part of the state; what comes later goes to the new file.
        var state = new ArrayBufferWriter<byte>();
        write(new Snapshot(state));
        var next = _generation + 1;
        var temporary = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"groups-{next:D8}.tmp"));
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, state.WrittenSpan, 0);
            RandomAccess.FlushToDisk(file);
        }

        var path = FilePath(_directory, next);
        File.Move(temporary, path);
        var old = FilePath(_directory, _generation);
        _file.Dispose();
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        _generation = next;
        _length = _baseLength = state.WrittenCount;
        File.Delete(old);
    }

    public void Dispose() => _file.Dispose();

    private static string FilePath(string directory, long generation) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"groups-{generation:D8}.journal"));

    private static int Replay(ReadOnlySpan<byte> bytes, IGroupJournalReader state)
    {
        var at = 0;
        while (bytes.Length - at >= FramePrefix)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (length < 5 || length > bytes.Length - at - FramePrefix)
                break;
            var frame = bytes.Slice(at + FramePrefix, length);
            if (LogRecord.Checksum(frame) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]))
                break;
            Apply(frame, state);
            at += FramePrefix + length;
        }

        return at;
    }

    private static void Apply(ReadOnlySpan<byte> frame, IGroupJournalReader state)
    {
        var kind = (FrameKind)frame[0];
        var id = BinaryPrimitives.ReadInt32LittleEndian(frame[1..]);
        var rest = frame[5..];
        switch (kind)
        {
            case FrameKind.Group:
                var topicLength = BinaryPrimitives.ReadInt32LittleEndian(rest);
                state.OnGroup(id, Encoding.UTF8.GetString(rest.Slice(4, topicLength)), Encoding.UTF8.GetString(rest[(4 + topicLength)..]));
                break;
            case FrameKind.Ranges:
                for (; rest.Length >= 16; rest = rest[16..])
                {
                    state.OnRange(id, BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt64LittleEndian(rest[8..]));
                }

                break;
            case FrameKind.Acknowledged:
                state.OnAcknowledged(id, BinaryPrimitives.ReadInt64LittleEndian(rest));
                break;
            case FrameKind.Dead:
                state.OnDead(id, new DeadMessage(
                    BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[8..]), Encoding.UTF8.GetString(rest[12..])));
                break;
            case FrameKind.Revived:
                state.OnRevived(id, BinaryPrimitives.ReadInt64LittleEndian(rest));
                break;
            case FrameKind.NextSequence:
                state.OnNextSequence(Encoding.UTF8.GetString(rest[8..]), BinaryPrimitives.ReadInt64LittleEndian(rest));
                break;
            case FrameKind.Settled:
                state.OnSettled(Encoding.UTF8.GetString(rest[16..]), BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt64LittleEndian(rest[8..]));
                break;
            default:
                throw new InvalidDataException($"the group journal holds a frame of unknown kind {frame[0]}; a newer version wrote it");
        }
    }

    private static void PutGroup(ArrayBufferWriter<byte> target, int id, string topic, string name)
    {
        var topicBytes = Encoding.UTF8.GetBytes(topic);
        var payload = new byte[4 + topicBytes.Length + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteInt32LittleEndian(payload, topicBytes.Length);
        topicBytes.CopyTo(payload, 4);
        Encoding.UTF8.GetBytes(name, payload.AsSpan(4 + topicBytes.Length));
        PutFrame(target, FrameKind.Group, id, payload);
    }

    private static void PutSequence(ArrayBufferWriter<byte> target, FrameKind kind, int id, long sequence)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, sequence);
        PutFrame(target, kind, id, payload);
    }

    private static void PutDead(ArrayBufferWriter<byte> target, int id, DeadMessage dead)
    {
        var payload = new byte[12 + Encoding.UTF8.GetByteCount(dead.Reason)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, dead.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(8), dead.Deliveries);
        Encoding.UTF8.GetBytes(dead.Reason, payload.AsSpan(12));
        PutFrame(target, FrameKind.Dead, id, payload);
    }

    private static void PutNext(ArrayBufferWriter<byte> target, string topic, long next)
    {
        var payload = new byte[8 + Encoding.UTF8.GetByteCount(topic)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, next);
        Encoding.UTF8.GetBytes(topic, payload.AsSpan(8));
        PutFrame(target, FrameKind.NextSequence, 0, payload);
    }

    private static void PutSettled(ArrayBufferWriter<byte> target, string topic, long start, long end)
    {
        var payload = new byte[16 + Encoding.UTF8.GetByteCount(topic)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, start);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), end);
        Encoding.UTF8.GetBytes(topic, payload.AsSpan(16));
        PutFrame(target, FrameKind.Settled, 0, payload);
    }

    private static void PutFrame(ArrayBufferWriter<byte> target, FrameKind kind, int id, ReadOnlySpan<byte> payload)
    {
        var length = 5 + payload.Length;
        var span = target.GetSpan(FramePrefix + length)[..(FramePrefix + length)];
        var frame = span[FramePrefix..];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame[1..], id);
        payload.CopyTo(frame[5..]);
        BinaryPrimitives.WriteInt32LittleEndian(span, length);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], LogRecord.Checksum(frame));
        target.Advance(span.Length);
    }

    /// <summary>Takes the whole state for a new generation.</summary>
    public sealed class Snapshot(ArrayBufferWriter<byte> target)
    {
        public void Group(int id, string topic, string name) => PutGroup(target, id, topic, name);

        public void Ranges(int id, IReadOnlyList<(long Start, long End)> ranges)
        {
            var payload = new byte[16 * ranges.Count];
            for (var i = 0; i < ranges.Count; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(16 * i), ranges[i].Start);
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan((16 * i) + 8), ranges[i].End);
            }

            PutFrame(target, FrameKind.Ranges, id, payload);
        }

        public void Dead(int id, DeadMessage dead) => PutDead(target, id, dead);

        public void NextSequence(string topic, long next) => PutNext(target, topic, next);

        public void Settled(string topic, long start, long end) => PutSettled(target, topic, start, end);
    }
}

/// <summary>Takes what the journal of an earlier run says.</summary>
internal interface IGroupJournalReader
{
    void OnGroup(int id, string topic, string name);

    void OnRange(int id, long start, long end);

    void OnAcknowledged(int id, long sequence);

    void OnDead(int id, DeadMessage dead);

    void OnRevived(int id, long sequence);

    void OnNextSequence(string topic, long next);

    void OnSettled(string topic, long start, long end);
}

/// <summary>A message that was given up for one group: it stays in the log until someone revives or forgets it.</summary>
/// <param name="Sequence">Sequence within its topic.</param>
/// <param name="Deliveries">How often it was delivered.</param>
/// <param name="Reason">Why the last delivery failed.</param>
public sealed record DeadMessage(long Sequence, int Deliveries, string Reason);
