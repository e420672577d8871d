using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>
/// One instance's membership in a consumer group, over all topics of the component, as Dapr has it. One thread polls, always: a partition that is held up pauses, it does not keep
/// the client from its group. Only what was handled is committed.
/// </summary>
internal sealed class GroupConsumer : IAsyncDisposable
{
    private static readonly TimeSpan s_pollTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a delivery may go on when its partition goes to another instance, before it is cut off. The group stands still meanwhile.</summary>
    private static readonly TimeSpan s_revokeGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long a delivery that was cut off may take to notice.</summary>
    private static readonly TimeSpan s_abandonTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TopicSubscriber> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<TopicPartition, PartitionWorker> _workers = [];
    private readonly Dictionary<TopicPartition, PartitionWorker> _former = [];

    // Partitions that were given to us while nobody wanted their topic, with the first offset that was fetched and dropped.
    private readonly Dictionary<TopicPartition, Offset> _unclaimed = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly string _groupId;
    private readonly KafkaSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private bool _topicsChanged;

    public GroupConsumer(string groupId, KafkaSettings settings, TimeProvider time, ILogger logger)
    {
        (_groupId, _settings, _time, _logger) = (groupId, settings, time, logger);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>How many partitions this instance has now.</summary>
    public int Partitions
    {
        get
        {
            lock (_lock)
                return _workers.Count;
        }
    }

    /// <summary>Adds a topic; the group gives out its partitions a moment later.</summary>
    public TopicSubscriber Subscribe(string topic, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler)
    {
        var subscriber = new TopicSubscriber(this, topic, maxMessages, maxAwait, handler);
        lock (_lock)
        {
            if (_topics.TryGetValue(topic, out var present) && !present.Closing.IsCancellationRequested)
                throw new InvalidOperationException($"topic '{topic}' is already subscribed to by this component");
            _topics[topic] = subscriber;
            _topicsChanged = true;
        }

        return subscriber;
    }

    /// <summary>Waits for what the subscriber has under delivery, then gives its topic back unless another subscriber has taken it over.</summary>
    public async Task RemoveAsync(TopicSubscriber subscriber)
    {
        List<Task> busy;
        lock (_lock)
            busy = [.. _workers.Values.Concat(_former.Values).Where(worker => worker.Subscriber == subscriber).Select(worker => worker.Completion)];
        await Task.WhenAll(busy);
        lock (_lock)
        {
            if (_topics.GetValueOrDefault(subscriber.Topic) != subscriber)
                return;
            _topics.Remove(subscriber.Topic);
            _topicsChanged = true;
        }
    }

    /// <summary>Marks a partition's messages before <paramref name="next"/> as handled, unless it has been taken from us.</summary>
    public void Store(PartitionWorker worker, long next)
    {
        lock (_lock)
        {
            if (!Owns(worker))
                return;
            try
            {
                _consumer!.StoreOffset(new TopicPartitionOffset(worker.Partition, next));
            }
            catch (KafkaException exception)
            {
                // Between losing a partition and being told so: whoever has it now commits.
                KafkaLog.CommitFailed(_logger, _groupId, exception.Error.Reason);
            }
        }
    }

    /// <summary>Fetches a partition's messages again.</summary>
    public void Resume(PartitionWorker worker)
    {
        lock (_lock)
        {
            if (!Owns(worker) || !worker.IsPaused)
                return;
            worker.IsPaused = false;
            _consumer!.Resume([worker.Partition]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ending.IsCancellationRequested)
            await _ending.CancelAsync();
        await _loop;
    }

    private bool Owns(PartitionWorker worker) => _workers.GetValueOrDefault(worker.Partition) == worker;

    private void Run()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                RunConsumer();
            }
            catch (KafkaException exception)
            {
                KafkaLog.Broke(_logger, _groupId, exception.Error.Reason);
                _ending.Token.WaitHandle.WaitOne(_settings.ConsumeRetryInterval);
            }
        }
    }

    private void RunConsumer()
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(Configure())
            .SetErrorHandler((_, error) => KafkaLog.Trouble(_logger, _groupId, error.Reason))
            .SetLogHandler((_, line) => KafkaLog.Library(_logger, line.Name, line.Message))
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => OnRevoked([.. partitions.Select(partition => partition.TopicPartition)], lost: false))
            .SetPartitionsLostHandler((_, partitions) => OnRevoked([.. partitions.Select(partition => partition.TopicPartition)], lost: true))
            .Build();
        var subscribed = new HashSet<string>(StringComparer.Ordinal);
        lock (_lock)
        {
            _consumer = consumer;
            _topicsChanged = true;
        }

        try
        {
            while (!_ending.IsCancellationRequested)
            {
                FollowTopics(consumer, subscribed);
                try
                {
                    if (consumer.Consume(s_pollTime) is { IsPartitionEOF: false } record)
                        Route(consumer, record);
                }
                catch (ConsumeException exception) when (!exception.Error.IsFatal)
                {
                    KafkaLog.Trouble(_logger, _groupId, exception.Error.Reason);
                }
            }
        }
        finally
        {
            List<TopicPartition> all;
            lock (_lock)
                all = [.. _workers.Keys];
            OnRevoked(all, lost: false);
            consumer.Close();
            lock (_lock)
                _consumer = null;
        }
    }

    private ConsumerConfig Configure() => new(_settings.ToClientConfig())
    {
        GroupId = _groupId,
        AutoOffsetReset = _settings.InitialOffset,
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = 1000,
        SessionTimeoutMs = (int)_settings.SessionTimeout.TotalMilliseconds,
        HeartbeatIntervalMs = (int)_settings.HeartbeatInterval.TotalMilliseconds,
        PartitionAssignmentStrategy = _settings.RebalanceStrategy,
        AllowAutoCreateTopics = true,
        IsolationLevel = IsolationLevel.ReadUncommitted,
        FetchMinBytes = Math.Max(_settings.FetchMin, 1),
        MaxPartitionFetchBytes = Math.Max(_settings.FetchDefault, 1),
        // A broker answers a fetch as soon as there is something; librdkafka's mock only at the end of this wait.
        FetchWaitMaxMs = 20,
        // More than one fetch can bring: librdkafka rests a partition for a whole second once it holds this many. A paused partition drops what was fetched ahead and fetches it again, hence no more.
        QueuedMinMessages = 20_000,
        QueuedMaxMessagesKbytes = 32 * 1024,
        ConsumeResultFields = "headers,timestamp,topic",
    };

    /// <summary>Brings the client's subscription to what is wanted, and hands partitions whose subscriber was replaced to the new one.</summary>
    private void FollowTopics(IConsumer<byte[]?, byte[]?> consumer, HashSet<string> subscribed)
    {
        lock (_lock)
        {
            if (!_topicsChanged)
                return;
            _topicsChanged = false;
            if (!subscribed.SetEquals(_topics.Keys))
            {
                subscribed.Clear();
                subscribed.UnionWith(_topics.Keys);
                if (subscribed.Count == 0)
                    consumer.Unsubscribe();
                else
                    consumer.Subscribe(subscribed);
            }

            foreach (var worker in _workers.Values.ToList())
            {
                if (_topics.TryGetValue(worker.Partition.Topic, out var wanted) && wanted != worker.Subscriber)
                    Replace(consumer, worker, wanted);
            }

            foreach (var (partition, first) in _unclaimed.ToList())
            {
                if (_topics.TryGetValue(partition.Topic, out var wanted))
                    Claim(consumer, partition, first, wanted);
            }
        }
    }

    private void Replace(IConsumer<byte[]?, byte[]?> consumer, PartitionWorker worker, TopicSubscriber wanted)
    {
        worker.Stop();
        Retire(worker);
        _workers[worker.Partition] = Worker(worker.Partition, wanted);
        // What waited for the former subscriber was not handled: it is fetched again.
        if (worker.Next >= 0)
            consumer.Seek(new TopicPartitionOffset(worker.Partition, worker.Next));
        if (worker.IsPaused)
            consumer.Resume([worker.Partition]);
    }

    /// <summary>A topic was given up and taken again, and its partitions came in between: the client's subscription never changed, so nobody else would begin them.</summary>
    private void Claim(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, Offset first, TopicSubscriber wanted)
    {
        _unclaimed.Remove(partition);
        _workers[partition] = Worker(partition, wanted);
        if (first != Offset.Unset)
            consumer.Seek(new TopicPartitionOffset(partition, first));
    }

    /// <summary>Remembers a worker until it is done, for the one that comes after it.</summary>
    private void Retire(PartitionWorker worker)
    {
        _former[worker.Partition] = worker;
        _ = worker.Completion.ContinueWith(
            _ =>
            {
                lock (_lock)
                {
                    if (_former.GetValueOrDefault(worker.Partition) == worker)
                        _former.Remove(worker.Partition);
                }

                worker.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private PartitionWorker Worker(TopicPartition partition, TopicSubscriber subscriber) =>
        new(this, partition, subscriber, _former.GetValueOrDefault(partition), _settings, _time, _logger);

    private void Route(IConsumer<byte[]?, byte[]?> consumer, ConsumeResult<byte[]?, byte[]?> record)
    {
        lock (_lock)
        {
            if (!_workers.TryGetValue(record.TopicPartition, out var worker))
            {
                if (_unclaimed.GetValueOrDefault(record.TopicPartition, Offset.End) == Offset.Unset)
                    _unclaimed[record.TopicPartition] = record.Offset;
                return;
            }

            worker.Offer(record);
            if (worker.IsPaused || !worker.IsFull)
                return;
            worker.IsPaused = true;
            consumer.Pause([worker.Partition]);
        }
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        KafkaLog.Assigned(_logger, _groupId, string.Join(", ", partitions));
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                // A topic that was given up a moment ago: the next look at the topics gives its partitions back, or to whoever has taken the topic since.
                if (_topics.TryGetValue(partition.Topic, out var subscriber))
                    _workers[partition] = Worker(partition, subscriber);
                else
                    _unclaimed[partition] = Offset.Unset;
            }
        }
    }

    /// <summary>Lets deliveries finish, cuts off those that take too long, and commits what was handled: then the partitions are free. It runs on the poll thread.</summary>
    private void OnRevoked(List<TopicPartition> partitions, bool lost)
    {
        if (partitions.Count == 0)
            return;
        KafkaLog.Revoked(_logger, _groupId, string.Join(", ", partitions));
        List<PartitionWorker> workers;
        lock (_lock)
        {
            workers = [.. partitions.Select(partition => _workers.GetValueOrDefault(partition)).OfType<PartitionWorker>()];
            partitions.ForEach(partition => _unclaimed.Remove(partition));
        }

        workers.ForEach(worker => worker.Stop());
        var done = Task.WhenAll(workers.Select(worker => worker.Completion));
        if (lost || !done.Wait(s_revokeGrace))
        {
            workers.ForEach(worker => worker.Abandon());
            done.Wait(s_abandonTime);
        }

        lock (_lock)
        {
            foreach (var worker in workers)
            {
                _workers.Remove(worker.Partition);
                Retire(worker);
                if (worker.Completion.IsCompleted)
                    continue;
                KafkaLog.Abandoned(_logger, worker.Partition.ToString(), worker.Next);
            }
        }

        if (!lost)
            Commit(workers);
    }

    private void Commit(List<PartitionWorker> workers)
    {
        var offsets = workers.Where(worker => worker.Next >= 0).Select(worker => new TopicPartitionOffset(worker.Partition, worker.Next)).ToList();
        if (offsets.Count == 0)
            return;
        try
        {
            _consumer!.Commit(offsets);
        }
        catch (KafkaException exception)
        {
            KafkaLog.CommitFailed(_logger, _groupId, exception.Error.Reason);
        }
    }
}
