using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// A durable broker inside the host process. A publish returns when its message is flushed to disk (fdatasync or stronger), one flush serving all publishes
/// that wait for it. Every group of a topic gets each message at least once; a group seen for the first time starts with the oldest message still kept.
/// A segment of the log goes when all groups have acknowledged what it holds; messages of topics without any group are kept for the retention time.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable, IGroupJournalReader
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Topic>.AlternateLookup<ReadOnlySpan<char>> _topicsByText;
    private readonly Dictionary<int, ConsumerGroup> _groups = [];
    private readonly List<Segment> _segments = [];
    private readonly List<Subscriber> _subscribers = [];
    private readonly HashSet<ConsumerGroup> _touched = [];
    private readonly EmbeddedBrokerOptions _options;
    private readonly ILogger _logger;
    private readonly LogWriter _writer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DirectoryLock _directoryLock;
    private readonly ITimer _retentionTimer;
    private bool _mustRoll;
    private int _nextGroupId = 1;
    private bool _disposed;

    private EmbeddedBroker(string directory, EmbeddedBrokerOptions options, TimeProvider time, ILogger logger)
    {
        DirectoryPath = directory;
        _options = options;
        _logger = logger;
        Time = time;
        _topicsByText = _topics.GetAlternateLookup<ReadOnlySpan<char>>();
        _directoryLock = DirectoryLock.Take(directory);
        try
        {
            (Journal, var cut) = GroupJournal.Open(directory, this);
            if (cut > 0)
                BrokerLog.JournalCut(logger, directory, cut);
            OpenSegments();
        }
        catch
        {
            _directoryLock.Dispose();
            Journal?.Dispose();
            _segments.ForEach(segment => segment.Dispose());
            throw;
        }

        _writer = new LogWriter(this);
        _writer.Start();
        _retentionTimer = time.CreateTimer(_ => _writer.RequestSweep(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    /// <summary>Where the log lies.</summary>
    public string DirectoryPath { get; }

    internal TimeProvider Time { get; }

    internal GroupJournal Journal { get; }

    /// <summary>Cancelled when the broker goes down.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Opens the broker in a directory, which it makes when it is missing; what an earlier run left is delivered when its groups subscribe.</summary>
    /// <exception cref="IOException">Another process holds the directory, or it cannot be read.</exception>
    public static async Task<EmbeddedBroker> OpenAsync(string directory, EmbeddedBrokerOptions options, TimeProvider time, ILogger logger)
    {
        Directory.CreateDirectory(directory);
        return await Task.Run(() => new EmbeddedBroker(Path.GetFullPath(directory), options, time, logger));
    }

    /// <summary>Publishes messages together: all are durable when it returns, or none counts as published when it throws.</summary>
    public async Task PublishAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        using var batch = PublishBatch.Encode(messages, Time.GetUtcNow());
        await _writer.WriteAsync(batch, cancellationToken);
    }

    /// <summary>All groups and where they stand.</summary>
    public IReadOnlyList<GroupStatus> Status()
    {
        lock (_gate)
            return [.. _groups.Values.Select(group => group.Status)];
    }

    /// <summary>Messages a group has still to acknowledge, oldest first.</summary>
    public IReadOnlyList<PubSubMessage> Pending(string topic, string group, int max = 100) =>
        Find(topic, group, max, static (found, sequence) => !found.IsAcknowledged(sequence) && !found.IsDead(sequence));

    /// <summary>Messages given up for a group, oldest first.</summary>
    public IReadOnlyList<PubSubMessage> Dead(string topic, string group, int max = 100) =>
        Find(topic, group, max, static (found, sequence) => found.IsDead(sequence));

    /// <summary>Puts given-up messages of a group back in line, or forgets them; says how many there were.</summary>
    public int ResolveDead(string topic, string group, bool revive)
    {
        if (FindGroup(topic, group) is not { } found)
            return 0;
        var resolved = found.ResolveDead(revive).ToHashSet();
        _writer.JournalChanged();
        if (resolved.Count > 0)
        {
            Scan(found.Topic, (Segment segment, long position, int length, in LogRecord record) =>
            {
                if (!resolved.Contains(record.Sequence))
                    return true;
                if (revive)
                    found.TakeRevived(segment, position, length, record);
                else if (segment.ReleaseLive())
                    _writer.RequestSweep();
                return true;
            });
            found.Pump();
        }

        return resolved.Count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<Subscriber> subscribers;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            subscribers = [.. _subscribers];
        }

        await _retentionTimer.DisposeAsync();
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(subscribers.Select(subscriber => subscriber.DisposeAsync().AsTask())).WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            BrokerLog.DeliveriesLeft(_logger, DirectoryPath);
        }

        await _writer.StopAsync();
        Journal.Dispose();
        _segments.ForEach(segment => segment.Dispose());
        foreach (var group in _groups.Values)
        {
            group.Dispose();
        }

        _directoryLock.Dispose();
        _stopping.Dispose();
    }

    internal IAsyncDisposable Subscribe(string topic, string group, SubscriberOptions options, MessageHandler handler) =>
        Subscribe(topic, group, found => new SingleSubscriber(this, found, options, handler));

    internal IAsyncDisposable SubscribeBulk(string topic, string group, SubscriberOptions options, BulkDelivery bulk) =>
        Subscribe(topic, group, found => new BulkSubscriber(this, found, options, bulk));

    internal bool HasExpired(Entry entry) => entry.ExpiresAt != 0 && entry.ExpiresAt <= Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Reads one message from the log.</summary>
    internal static PubSubMessage Read(Entry entry)
    {
        var bytes = new byte[entry.Length];
        entry.Segment.Read(bytes, entry.Position);
        return LogRecord.TryRead(bytes, out var record)
            ? record.ToMessage(bytes)
            : throw new IOException($"the message at byte {entry.Position} of '{entry.Segment.Path}' cannot be read: its checksum is wrong");
    }

    internal void OnAcknowledged(ConsumerGroup group, Entry entry)
    {
        Journal.Acknowledge(group.Id, entry.Sequence);
        _writer.JournalChanged();
        if (entry.Segment.ReleaseLive())
            _writer.RequestSweep();
    }

    internal void OnGivenUp(ConsumerGroup group, DeadMessage dead)
    {
        Journal.Bury(group.Id, dead);
        _writer.JournalChanged();
        BrokerLog.GivenUp(_logger, group.Topic.Name, dead.Sequence, group.Name, dead.Deliveries, dead.Reason);
    }

    internal void OnFailed(ConsumerGroup group, Entry entry, Exception exception) =>
        BrokerLog.DeliveryFailed(_logger, group.Topic.Name, entry.Sequence, group.Name, exception);

    /// <summary>Lets a group that fell behind read on when it has room.</summary>
    internal void RefillIfDue(ConsumerGroup group)
    {
        if (group.TryBeginRefill() is { } from)
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Self.Refill(state.Group, state.From), (Self: this, Group: group, From: from), preferLocal: false);
    }

    /// <summary>Writes and flushes what is queued, then tells groups and publishers; on the writer's thread.</summary>
    internal void Commit(List<PublishBatch> batches)
    {
        try
        {
            Segment segment;
            lock (_gate)
            {
                foreach (var batch in batches)
                {
                    foreach (var record in batch.Records)
                    {
                        LogRecord.Seal(batch.Bytes.Span.Slice(record.Offset, record.Length), TopicOf(record.Topic).NextSequence++);
                    }
                }
            }

            segment = ActiveSegment();
            segment.WriteThrough([.. batches.Select(batch => (ReadOnlyMemory<byte>)batch.Bytes)]);
            Distribute(segment, batches);
        }
        catch (Exception exception)
        {
            // Nothing is known of the end of this file any more: go on in a new one.
            _mustRoll = true;
            BrokerLog.WriteFailed(_logger, DirectoryPath, exception);
            foreach (var batch in batches)
            {
                batch.Done.TrySetException(new IOException($"the broker in '{DirectoryPath}' could not write: {exception.Message}", exception));
            }

            return;
        }

        foreach (var group in _touched)
        {
            group.Pump();
        }

        _touched.Clear();
        foreach (var batch in batches)
        {
            batch.Done.TrySetResult();
        }
    }

    /// <summary>Writes what groups did; on the writer's thread.</summary>
    internal void WriteJournal(bool flush, bool sweep)
    {
        try
        {
            Journal.Write(flush);
            if (sweep)
                Sweep();
            if (Journal.IsBloated)
                CompactJournal();
        }
        catch (IOException exception)
        {
            // Acknowledgements may be lost: those messages come again after a restart. Nothing else is.
            BrokerLog.WriteFailed(_logger, DirectoryPath, exception);
        }
    }

    void IGroupJournalReader.OnGroup(int id, string topic, string name)
    {
        var found = TopicOf(topic);
        var group = new ConsumerGroup(this, id, found, name, _options.QueueDepth);
        found.Groups.Add(group);
        _groups.Add(id, group);
        _nextGroupId = Math.Max(_nextGroupId, id + 1);
    }

    void IGroupJournalReader.OnRange(int id, long start, long end) => _groups[id].Restore((acknowledged, _) => acknowledged.AppendRange(start, end));

    void IGroupJournalReader.OnAcknowledged(int id, long sequence) => _groups[id].Restore((acknowledged, dead) =>
    {
        acknowledged.Add(sequence);
        dead.Remove(sequence);
    });

    void IGroupJournalReader.OnDead(int id, DeadMessage message) => _groups[id].Restore((_, dead) => dead[message.Sequence] = message);

    void IGroupJournalReader.OnRevived(int id, long sequence) => _groups[id].Restore((_, dead) => dead.Remove(sequence));

    void IGroupJournalReader.OnNextSequence(string topic, long next)
    {
        var found = TopicOf(topic);
        found.NextSequence = Math.Max(found.NextSequence, next);
    }

    private Subscriber Subscribe(string topic, string group, Func<ConsumerGroup, Subscriber> create)
    {
        Subscriber subscriber;
        ConsumerGroup found;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var topicFound = TopicOf(topic);
            found = topicFound.Groups.Find(candidate => candidate.Name == group) ?? AddGroup(topicFound, group);
            subscriber = create(found);
            _subscribers.RemoveAll(gone => gone.IsClosing);
            _subscribers.Add(subscriber);
        }

        found.Add(subscriber);
        return subscriber;
    }

    private ConsumerGroup AddGroup(Topic topic, string name)
    {
        var group = new ConsumerGroup(this, _nextGroupId++, topic, name, _options.QueueDepth);
        var pending = 0;
        foreach (var segment in _segments)
        {
            var count = segment.MessagesByTopic.GetValueOrDefault(topic.Name);
            segment.AddLive(count);
            pending += count;
        }

        group.StartBehind(new LogPosition(_segments[0].Id, Segment.HeaderSize), pending);
        topic.Groups.Add(group);
        _groups.Add(group.Id, group);
        Journal.DefineGroup(group.Id, topic.Name, name);
        _writer.JournalChanged();
        return group;
    }

    private void Distribute(Segment segment, List<PublishBatch> batches)
    {
        lock (_gate)
        {
            var at = segment.Length;
            var start = at;
            foreach (var batch in batches)
            {
                foreach (var record in batch.Records)
                {
                    var topic = TopicOf(record.Topic);
                    segment.MessagesByTopic[topic.Name] = segment.MessagesByTopic.GetValueOrDefault(topic.Name) + 1;
                    segment.AddLive(topic.Groups.Count);
                    var sequence = LogRecord.ReadTrusted(batch.Bytes.Span.Slice(record.Offset, record.Length)).Sequence;
                    foreach (var group in topic.Groups)
                    {
                        group.OnAppended(new Entry(segment, at + record.Offset, record.Length, sequence, record.ExpiresAt), record.Key);
                        _touched.Add(group);
                    }
                }

                at += batch.Length;
            }

            segment.Commit(at - start, Time.GetUtcNow());
        }
    }

    private void Refill(ConsumerGroup group, LogPosition from)
    {
        try
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
                        if (IsTopic(record, group.Topic.Name) && !group.TryTakeFromLog(segment, reader.Position, bytes.Length, record))
                        {
                            group.EndRefill(caughtUp: false);
                            group.Pump();
                            return;
                        }

                        reader.Skip(bytes.Length);
                    }

                    lock (_gate)
                    {
                        if (ReferenceEquals(segment, _segments[^1]))
                        {
                            if (reader.Position >= segment.Length)
                            {
                                group.EndRefill(caughtUp: true);
                                break;
                            }

                            from = new LogPosition(segment.Id, reader.Position);
                        }
                        else
                        {
                            from = new LogPosition(segment.Id + 1, Segment.HeaderSize);
                        }
                    }
                }
                finally
                {
                    Unpin(segment);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            BrokerLog.ReadFailed(_logger, DirectoryPath, exception);
            group.EndRefill(caughtUp: false);
            return;
        }

        group.Pump();
    }

    private (Segment Segment, long Position) Pin(LogPosition from)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var segment = _segments.Find(candidate => candidate.Id >= from.SegmentId)!;
            segment.AddLive(1);
            return (segment, segment.Id == from.SegmentId ? from.Position : Segment.HeaderSize);
        }
    }

    private void Unpin(Segment segment)
    {
        if (segment.ReleaseLive())
            _writer.RequestSweep();
    }

    private delegate bool RecordVisitor(Segment segment, long position, int length, in LogRecord record);

    private void Scan(Topic topic, RecordVisitor visit)
    {
        var next = new LogPosition(0, Segment.HeaderSize);
        while (true)
        {
            var (segment, position) = Pin(next);
            try
            {
                var reader = new SegmentReader(segment, position);
                while (reader.TryPeek(out var bytes))
                {
                    var record = LogRecord.ReadTrusted(bytes);
                    if (IsTopic(record, topic.Name) && !visit(segment, reader.Position, bytes.Length, record))
                        return;
                    reader.Skip(bytes.Length);
                }

                lock (_gate)
                {
                    if (ReferenceEquals(segment, _segments[^1]))
                        return;
                }

                next = new LogPosition(segment.Id + 1, Segment.HeaderSize);
            }
            finally
            {
                Unpin(segment);
            }
        }
    }

    private List<PubSubMessage> Find(string topic, string group, int max, Func<ConsumerGroup, long, bool> wanted)
    {
        var messages = new List<PubSubMessage>();
        if (FindGroup(topic, group) is { } found)
        {
            Scan(found.Topic, (Segment segment, long position, int length, in LogRecord record) =>
            {
                if (wanted(found, record.Sequence))
                    messages.Add(Read(new Entry(segment, position, length, record.Sequence, record.ExpiresAt)));
                return messages.Count < max;
            });
        }

        return messages;
    }

    private ConsumerGroup? FindGroup(string topic, string group)
    {
        lock (_gate)
            return _topics.TryGetValue(topic, out var found) ? found.Groups.Find(candidate => candidate.Name == group) : null;
    }

    private Topic TopicOf(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
            _topics.Add(name, topic = new Topic(name));
        return topic;
    }

    private static bool IsTopic(in LogRecord record, string topic)
    {
        Span<char> text = stackalloc char[256];
        return record.Topic.Length <= text.Length
            ? Encoding.UTF8.TryGetChars(record.Topic, text, out var length) && text[..length].SequenceEqual(topic)
            : Encoding.UTF8.GetString(record.Topic) == topic;
    }

    private Segment ActiveSegment()
    {
        var active = _segments[^1];
        if (!_mustRoll && active.Length < _options.SegmentSize)
            return active;

        if (_mustRoll)
            active.CutAt(active.Length);
        var next = Segment.Create(DirectoryPath, active.Id + 1, Time.GetUtcNow());
        lock (_gate)
            _segments.Add(next);
        _mustRoll = false;
        if (active.Live == 0)
            _writer.RequestSweep();
        return next;
    }

    private void Sweep()
    {
        var now = Time.GetUtcNow();
        List<Segment> done;
        lock (_gate)
        {
            done = [.. _segments.SkipLast(1).Where(segment => segment.Live == 0
                && (now - segment.LastWrite >= _options.Retention || segment.MessagesByTopic.Keys.All(topic => TopicOf(topic).Groups.Count > 0)))];
            if (done.Count == 0)
                return;
            foreach (var segment in done)
            {
                _segments.Remove(segment);
            }

            // The log no longer tells how far the numbers went: the journal must, before the files go.
            foreach (var topic in _topics.Values)
            {
                Journal.NextSequence(topic.Name, topic.NextSequence);
            }
        }

        Journal.Write(flush: true);
        done.ForEach(segment => segment.Delete());
    }

    private void CompactJournal()
    {
        lock (_gate)
        {
            Journal.Compact(snapshot =>
            {
                foreach (var topic in _topics.Values)
                {
                    snapshot.NextSequence(topic.Name, topic.NextSequence);
                }

                foreach (var group in _groups.Values)
                {
                    group.WriteTo(snapshot);
                }
            });
        }
    }

    private void OpenSegments()
    {
        var files = Directory.GetFiles(DirectoryPath, "*.log").Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var segment = Segment.Open(file);
            _segments.Add(segment);
            var reader = new SegmentReader(segment, Segment.HeaderSize);
            while (reader.TryPeek(out var bytes) && LogRecord.TryRead(bytes, out var record))
            {
                Recover(segment, record);
                reader.Skip(bytes.Length);
            }

            if (reader.Position < segment.Length)
            {
                BrokerLog.TailCut(_logger, file, reader.Position, segment.Length - reader.Position);
                segment.CutAt(reader.Position);
            }
        }

        if (_segments.Count == 0)
            _segments.Add(Segment.Create(DirectoryPath, 1, Time.GetUtcNow()));
        foreach (var group in _groups.Values)
        {
            group.StartBehind(new LogPosition(_segments[0].Id, Segment.HeaderSize));
        }
    }

    private void Recover(Segment segment, in LogRecord record)
    {
        var name = Encoding.UTF8.GetString(record.Topic);
        var topic = TopicOf(name);
        topic.NextSequence = Math.Max(topic.NextSequence, record.Sequence + 1);
        segment.MessagesByTopic[topic.Name] = segment.MessagesByTopic.GetValueOrDefault(topic.Name) + 1;
        foreach (var group in topic.Groups)
        {
            if (group.CountIfPending(record.Sequence))
                segment.AddLive(1);
        }
    }
}
