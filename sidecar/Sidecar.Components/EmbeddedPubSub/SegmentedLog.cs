using System.Text;
using Microsoft.Extensions.Logging;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>Looks at one record; false ends the reading.</summary>
internal delegate bool RecordVisitor(Segment segment, long position, int length, in LogRecord record);

/// <summary>The files of the log in order; the last one is written to.</summary>
internal sealed class SegmentedLog(string directory, long segmentSize, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly List<Segment> _segments = [];
    private bool _mustRoll;

    /// <summary>Guards the list of files, the topics and the groups of a broker.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Oldest place a group can start from.</summary>
    public LogPosition Start => new(_segments[0].Id, Segment.HeaderSize);

    /// <summary>Opens the files of an earlier run and shows each whole record; a torn end is cut.</summary>
    public void Open(Action<Segment, LogRecordView> recovered)
    {
        foreach (var file in Directory.GetFiles(directory, "*.log").Order(StringComparer.Ordinal))
        {
            var segment = Segment.Open(file);
            _segments.Add(segment);
            var reader = new SegmentReader(segment, Segment.HeaderSize);
            while (reader.TryPeek(out var bytes) && LogRecord.TryRead(bytes, out var record))
            {
                recovered(segment, new LogRecordView(Encoding.UTF8.GetString(record.Topic), record.Sequence, record.ReadMarks()));
                reader.Skip(bytes.Length);
            }

            if (reader.Position < segment.Length)
            {
                BrokerLog.TailCut(logger, file, reader.Position, segment.Length - reader.Position);
                segment.CutAt(reader.Position);
            }
        }

        if (_segments.Count == 0)
            _segments.Add(Segment.Create(directory, 1, time.GetUtcNow()));
    }

    /// <summary>The file to write to; a new one when the last is full or its end is not known. On the writer's thread.</summary>
    public Segment Active(out bool rolled)
    {
        var active = _segments[^1];
        rolled = _mustRoll || active.Length >= segmentSize;
        if (!rolled)
            return active;

        if (_mustRoll)
            active.CutAt(active.Length);
        var next = Segment.Create(directory, active.Id + 1, time.GetUtcNow());
        lock (Gate)
            _segments.Add(next);
        _mustRoll = false;
        return next;
    }

    /// <summary>After a failed write nothing is known of the end of the last file: the next write goes to a new one.</summary>
    public void DistrustEnd() => _mustRoll = true;

    /// <summary>Counts the topic's messages as live for a new group; under <see cref="Gate"/>.</summary>
    public int AddLive(Topic topic)
    {
        var pending = 0;
        foreach (var segment in _segments)
        {
            var count = segment.MessagesByTopic.GetValueOrDefault(topic.Name);
            segment.AddLive(count);
            pending += count;
        }

        return pending;
    }

    /// <summary>
    /// Shows the records of a topic, or of all, from a place on. When the end is reached <paramref name="atEnd"/> runs under <see cref="Gate"/>, so that nothing is
    /// added meanwhile.
    /// </summary>
    public void Read(LogPosition from, string? topic, RecordVisitor visit, Action atEnd, Action<Segment> unpinned)
    {
        while (true)
        {
            var (segment, position) = Pin(from);
            try
            {
                var reader = new SegmentReader(segment, position);
                while (reader.TryPeek(out var bytes))
                {
                    var record = LogRecord.ReadTrusted(bytes);
                    if ((topic is null || record.IsOf(topic)) && !visit(segment, reader.Position, bytes.Length, record))
                        return;
                    reader.Skip(bytes.Length);
                }

                lock (Gate)
                {
                    if (!ReferenceEquals(segment, _segments[^1]))
                    {
                        from = new LogPosition(segment.Id + 1, Segment.HeaderSize);
                    }
                    else if (reader.Position >= segment.Length)
                    {
                        atEnd();
                        return;
                    }
                    else
                    {
                        from = new LogPosition(segment.Id, reader.Position);
                    }
                }
            }
            finally
            {
                if (segment.ReleaseLive())
                    unpinned(segment);
            }
        }
    }

    /// <summary>Takes out the files that nobody needs any more; under <see cref="Gate"/>.</summary>
    public List<Segment> TakeDone(Func<Segment, bool> isDone)
    {
        var done = _segments.SkipLast(1).Where(segment => segment.Live == 0 && isDone(segment)).ToList();
        done.ForEach(segment => _segments.Remove(segment));
        return done;
    }

    public void Dispose() => _segments.ForEach(segment => segment.Dispose());

    /// <summary>Finds the file of a place, or the next one that is left, and keeps it from being deleted.</summary>
    private (Segment Segment, long Position) Pin(LogPosition from)
    {
        lock (Gate)
        {
            var segment = _segments.Find(candidate => candidate.Id >= from.SegmentId)!;
            segment.AddLive(1);
            return (segment, segment.Id == from.SegmentId ? from.Position : Segment.HeaderSize);
        }
    }
}

/// <summary>What recovery must know of a record.</summary>
internal readonly record struct LogRecordView(string Topic, long Sequence, MessageMarks? Marks);

/// <summary>A place in the log.</summary>
internal readonly record struct LogPosition(long SegmentId, long Position);
