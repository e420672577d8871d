using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// A durable broker inside the host process. A publish returns when its message is flushed to disk (fdatasync or stronger), one flush serving all publishes
/// that wait for it. Every group of a topic gets each message at least once; a group seen for the first time starts with the oldest message still kept.
/// A segment of the log goes when all groups have acknowledged what it holds; messages of topics without any group are kept for the retention time.
/// </summary>
public sealed partial class EmbeddedBroker : IAsyncDisposable
{
    private readonly TopicRegistry _registry;
    private readonly SegmentedLog _log;
    private readonly List<Subscriber> _subscribers = [];
    private readonly HashSet<ConsumerGroup> _touched = [];
    private readonly EmbeddedBrokerOptions _options;
    private readonly ILogger _logger;
    private readonly LogWriter _writer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DirectoryLock _directoryLock;
    private readonly ITimer _retentionTimer;
    private bool _disposed;

    private EmbeddedBroker(string directory, EmbeddedBrokerOptions options, TimeProvider time, ILogger logger)
    {
        DirectoryPath = directory;
        _options = options;
        _logger = logger;
        Time = time;
        _registry = new TopicRegistry(this, options);
        _log = new SegmentedLog(directory, options.SegmentSize, time, logger);
        _writer = new LogWriter(this);
        _directoryLock = DirectoryLock.Take(directory);
        try
        {
            (Journal, var cut) = GroupJournal.Open(directory, _registry);
            if (cut > 0)
                BrokerLog.JournalCut(logger, directory, cut);
            _log.Open(Recover);
        }
        catch
        {
            _log.Dispose();
            Journal?.Dispose();
            _directoryLock.Dispose();
            throw;
        }

        foreach (var group in _registry.Groups)
        {
            group.StartBehind(_log.Start);
        }

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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<Subscriber> subscribers;
        lock (_log.Gate)
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
        _log.Dispose();
        foreach (var group in _registry.Groups)
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
            Seal(batches);
            var segment = _log.Active(out var rolled);
            if (rolled)
                _writer.RequestSweep();
            segment.WriteThrough([.. batches.Select(batch => (ReadOnlyMemory<byte>)batch.Bytes)]);
            Distribute(segment, batches);
        }
        catch (Exception exception)
        {
            _log.DistrustEnd();
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
    internal bool WriteJournal(bool flush, bool sweep)
    {
        try
        {
            Journal.Write(flush);
            if (sweep)
                Sweep();
            if (Journal.IsBloated)
            {
                lock (_log.Gate)
                    Journal.Compact(_registry.WriteTo);
            }

            return true;
        }
        catch (Exception exception)
        {
            // The writer must live on. A crash before the disk takes it means that messages come again; nothing else is lost.
            BrokerLog.WriteFailed(_logger, DirectoryPath, exception);
            return false;
        }
    }

    private Subscriber Subscribe(string topicName, string name, Func<ConsumerGroup, Subscriber> create)
    {
        Subscriber subscriber;
        ConsumerGroup? group;
        lock (_log.Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var topic = _registry.Get(topicName);
            group = topic.FindGroup(name);
            if (group is null)
            {
                group = _registry.AddGroup(topic, name);
                group.StartBehind(_log.Start, _log.AddLive(topic));
                Journal.DefineGroup(group.Id, topicName, name);
                _writer.JournalChanged();
            }

            subscriber = create(group);
            _subscribers.RemoveAll(gone => gone.IsClosing);
            _subscribers.Add(subscriber);
        }

        group.Add(subscriber);
        return subscriber;
    }

    private void Seal(List<PublishBatch> batches)
    {
        lock (_log.Gate)
        {
            foreach (var batch in batches)
            {
                foreach (var record in batch.Records)
                {
                    LogRecord.Seal(batch.Bytes.Span.Slice(record.Offset, record.Length), _registry.Get(record.Topic).NextSequence++);
                }
            }
        }
    }

    private void Distribute(Segment segment, List<PublishBatch> batches)
    {
        lock (_log.Gate)
        {
            var at = segment.Length;
            var start = at;
            foreach (var batch in batches)
            {
                foreach (var record in batch.Records)
                {
                    var topic = _registry.Get(record.Topic);
                    segment.MessagesByTopic[topic.Name] = segment.MessagesByTopic.GetValueOrDefault(topic.Name) + 1;
                    var sequence = LogRecord.ReadTrusted(batch.Bytes.Span.Slice(record.Offset, record.Length)).Sequence;
                    foreach (var group in topic.Groups)
                    {
                        if (!MessageMarks.IsFor(record.Marks, group.Name))
                        {
                            group.Skip(sequence);
                            Journal.Acknowledge(group.Id, sequence);
                            continue;
                        }

                        segment.AddLive(1);
                        group.OnAppended(new Entry(segment, at + record.Offset, record.Length, sequence, record.ExpiresAt), record.Key);
                        _touched.Add(group);
                    }

                    if (record.Marks is { } marks)
                        Note(topic, segment, sequence, marks);
                }

                at += batch.Length;
            }

            segment.Commit(at - start, Time.GetUtcNow());
        }
    }

    private void Refill(ConsumerGroup group, LogPosition from)
    {
        var caughtUp = false;
        try
        {
            _log.Read(
                from, group.Topic.Name, group.TryTakeFromLog,
                atEnd: () =>
                {
                    group.EndRefill(caughtUp: true);
                    caughtUp = true;
                },
                SweepSoon);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            BrokerLog.ReadFailed(_logger, DirectoryPath, exception);
        }

        if (!caughtUp)
            group.EndRefill(caughtUp: false);
        if (!_stopping.IsCancellationRequested)
            group.Pump();
    }

    private void SweepSoon(Segment unpinned) => _writer.RequestSweep();

    private void Sweep()
    {
        var now = Time.GetUtcNow();
        List<Segment> done;
        lock (_log.Gate)
        {
            done = _log.TakeDone(segment => now - segment.LastWrite >= _options.Retention
                || segment.MessagesByTopic.Keys.All(topic => _registry.Get(topic).Groups.Count > 0));
            if (done.Count == 0)
                return;

            // The log no longer tells how far the numbers went: the journal must, before the files go.
            foreach (var topic in _registry.Topics)
            {
                Journal.NextSequence(topic.Name, topic.NextSequence);
            }
        }

        Journal.Write(flush: true);
        done.ForEach(segment => segment.Delete());
    }

    private void Recover(Segment segment, LogRecordView record)
    {
        var topic = _registry.Get(record.Topic);
        topic.NextSequence = Math.Max(topic.NextSequence, record.Sequence + 1);
        segment.MessagesByTopic[topic.Name] = segment.MessagesByTopic.GetValueOrDefault(topic.Name) + 1;
        foreach (var group in topic.Groups)
        {
            if (!MessageMarks.IsFor(record.Marks, group.Name))
                group.Skip(record.Sequence);
            else if (group.CountIfPending(record.Sequence))
                segment.AddLive(1);
        }

        if (record.Marks is { } marks)
            Note(topic, segment, record.Sequence, marks);
    }
}
