namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// One app's place in one topic. Its subscribers compete for messages; messages with the same key go out one after the other, all others in parallel.
/// Holds at most <see cref="QueueDepth"/> messages in memory: what comes on top is read from the log when there is room again.
/// </summary>
internal sealed partial class ConsumerGroup(EmbeddedBroker broker, int id, Topic topic, string name, int queueDepth)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _ready = new();
    private readonly PriorityQueue<Lane, DateTimeOffset> _waiting = new();
    private readonly IntervalSet _acknowledged = new();
    private readonly Dictionary<long, DeadMessage> _dead = [];
    private readonly List<Subscriber> _subscribers = [];
    private ITimer? _timer;
    private DateTimeOffset _timerDue = DateTimeOffset.MaxValue;
    private LogPosition? _behind;
    private bool _refilling;
    private int _queued;
    private long _pending;
    private int _turn;

    public int Id { get; } = id;

    public Topic Topic { get; } = topic;

    public string Name { get; } = name;

    /// <summary>Most messages held in memory.</summary>
    public int QueueDepth { get; } = queueDepth;

    public GroupStatus Status
    {
        get
        {
            lock (_lock)
                return new GroupStatus(Topic.Name, Name, _pending, _queued, _subscribers.Sum(subscriber => subscriber.Active), _subscribers.Count, [.. _dead.Values]);
        }
    }

    /// <summary>Restores what the journal says; before the log is read.</summary>
    public void Restore(Action<IntervalSet, Dictionary<long, DeadMessage>> restore)
    {
        lock (_lock)
            restore(_acknowledged, _dead);
    }

    /// <summary>Counts a message that was in the log before: true when this group has still to acknowledge it.</summary>
    public bool CountIfPending(long sequence)
    {
        lock (_lock)
        {
            if (_acknowledged.Contains(sequence))
                return false;
            if (!_dead.ContainsKey(sequence))
                _pending++;
            return true;
        }
    }

    /// <summary>Reads from here on before taking anything new.</summary>
    public void StartBehind(LogPosition position, int pending = 0)
    {
        lock (_lock)
        {
            _behind = position;
            _pending += pending;
        }
    }

    /// <summary>A new message of the topic is durable; called in log order.</summary>
    public void OnAppended(Entry entry, string? key)
    {
        lock (_lock)
        {
            _pending++;
            if (_behind is not null)
                return;
            if (_queued >= QueueDepth)
            {
                _behind = new LogPosition(entry.Segment.Id, entry.Position);
                return;
            }

            Enqueue(entry, key);
        }
    }

    /// <summary>A message found in the log while catching up; false when there is no room.</summary>
    public bool TryTakeFromLog(Segment segment, long position, int length, in LogRecord record)
    {
        lock (_lock)
        {
            _behind = new LogPosition(segment.Id, position);
            if (_queued >= QueueDepth)
                return false;

            _behind = new LogPosition(segment.Id, position + length);
            if (_acknowledged.Contains(record.Sequence) || _dead.ContainsKey(record.Sequence))
                return true;
            if (!MessageMarks.IsFor(record.ReadMarks(), Name))
            {
                // Another group's replay, from before this group was there.
                _acknowledged.Add(record.Sequence);
                _pending--;
                broker.OnAcknowledged(this, new Entry(segment, position, length, record.Sequence, record.ExpiresAt));
                return true;
            }

            Enqueue(new Entry(segment, position, length, record.Sequence, record.ExpiresAt), record.Key);
            return true;
        }
    }

    /// <summary>Where to catch up from, when that is due and nobody is at it.</summary>
    public LogPosition? TryBeginRefill()
    {
        lock (_lock)
        {
            if (_behind is null || _refilling || _subscribers.Count == 0 || _queued > QueueDepth / 2)
                return null;
            _refilling = true;
            return _behind;
        }
    }

    /// <summary>Ends catching up; when the end of the log was reached, new messages come directly again.</summary>
    public void EndRefill(bool caughtUp)
    {
        lock (_lock)
        {
            _refilling = false;
            if (caughtUp)
                _behind = null;
        }
    }

    public void Add(Subscriber subscriber)
    {
        lock (_lock)
            _subscribers.Add(subscriber);
        Pump();
    }

    public void Remove(Subscriber subscriber)
    {
        lock (_lock)
            _subscribers.Remove(subscriber);
    }

    /// <summary>Hands ready messages to subscribers that have room.</summary>
    public void Pump()
    {
        while (true)
        {
            Subscriber? subscriber;
            Lane lane;
            lock (_lock)
            {
                if (_ready.Count == 0 || (subscriber = LeastBusy()) is null)
                    break;
                lane = _ready.Dequeue();
                subscriber.Take(lane);
            }

            subscriber.StartTaken(lane);
        }

        broker.RefillIfDue(this);
    }

    /// <summary>Settles one message and gives the subscriber its next lane, or null when it should stop.</summary>
    public Lane? Settle(Subscriber subscriber, Lane lane, Entry entry, Outcome outcome, string? reason)
    {
        Lane? next = null;
        lock (_lock)
        {
            SettleEntry(subscriber.Options, lane, entry, outcome, reason);
            Requeue(lane, outcome);
            if (!subscriber.IsClosing && _ready.Count > 0)
                next = _ready.Dequeue();
            else
                subscriber.Release(1);
        }

        // What a closing subscriber gives back is for the others.
        if (next is null)
            Pump();
        else
            broker.RefillIfDue(this);
        return next;
    }

    /// <summary>Settles a batch: each lane goes on when all of its messages are done.</summary>
    public void SettleBatch(Subscriber subscriber, Batch batch, IReadOnlyList<(Outcome Outcome, string? Reason)> outcomes)
    {
        lock (_lock)
        {
            foreach (var lane in batch.Lanes)
            {
                var worst = Outcome.Done;
                for (var i = 0; i < batch.Entries.Count; i++)
                {
                    if (!ReferenceEquals(batch.Entries[i].Lane, lane))
                        continue;
                    var (outcome, reason) = outcomes[i];
                    SettleEntry(subscriber.Options, lane, batch.Entries[i].Entry, outcome, reason);
                    if (outcome != Outcome.Done && worst != Outcome.Failed)
                        worst = outcome;
                }

                Requeue(lane, worst);
            }

            subscriber.Release(batch.Entries.Count);
        }

        Pump();
    }

    /// <summary>Runs something under the group's lock.</summary>
    public void Synchronized(Action action)
    {
        lock (_lock)
            action();
    }

    public void Dispose()
    {
        lock (_lock)
            _timer?.Dispose();
    }

    private void Enqueue(Entry entry, string? key)
    {
        _queued++;
        if (key is null)
        {
            var single = new Lane(null);
            single.Append(entry);
            _ready.Enqueue(single);
        }
        else if (_lanes.TryGetValue(key, out var lane))
        {
            lane.Append(entry);
        }
        else
        {
            lane = new Lane(key);
            lane.Append(entry);
            _lanes.Add(key, lane);
            _ready.Enqueue(lane);
        }
    }

    private void SettleEntry(SubscriberOptions options, Lane lane, Entry entry, Outcome outcome, string? reason)
    {
        if (outcome == Outcome.Returned)
            return;
        if (outcome == Outcome.Failed)
        {
            entry.Failures++;
            if (options.MaxDeliver == 0 || entry.Failures < options.MaxDeliver)
            {
                lane.RetryAt = broker.Time.GetUtcNow() + options.PauseAfter(entry.Failures);
                return;
            }

            var dead = new DeadMessage(entry.Sequence, entry.Failures, reason ?? "");
            _dead.Add(entry.Sequence, dead);
            broker.OnGivenUp(this, dead);
        }
        else
        {
            _acknowledged.Add(entry.Sequence);
            broker.OnAcknowledged(this, entry);
        }

        lane.Remove(entry);
        _queued--;
        _pending--;
    }

    private void Requeue(Lane lane, Outcome outcome)
    {
        if (lane.Head is null)
        {
            if (lane.Key is not null)
                _lanes.Remove(lane.Key);
        }
        else if (outcome == Outcome.Failed && lane.Head.Failures > 0)
        {
            _waiting.Enqueue(lane, lane.RetryAt);
            Arm();
        }
        else
        {
            _ready.Enqueue(lane);
        }
    }

    private void Arm()
    {
        if (!_waiting.TryPeek(out _, out var due) || due >= _timerDue)
            return;
        _timerDue = due;
        var now = broker.Time.GetUtcNow();
        var pause = due > now ? due - now : TimeSpan.Zero;
        if (_timer is null)
            _timer = broker.Time.CreateTimer(static state => ((ConsumerGroup)state!).OnTimer(), this, pause, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(pause, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerDue = DateTimeOffset.MaxValue;
            var now = broker.Time.GetUtcNow();
            while (_waiting.TryPeek(out var lane, out var due) && due <= now)
            {
                _waiting.Dequeue();
                _ready.Enqueue(lane);
            }

            Arm();
        }

        Pump();
    }

    private Subscriber? LeastBusy()
    {
        Subscriber? best = null;
        _turn++;
        for (var i = 0; i < _subscribers.Count; i++)
        {
            var subscriber = _subscribers[(i + _turn) % _subscribers.Count];
            if (subscriber.HasRoom && (best is null || subscriber.Active < best.Active))
                best = subscriber;
        }

        return best;
    }
}
