namespace Conformance;

/// <summary>A clock that stands still until a test steps it; timers that come due run inside the step.</summary>
public sealed class SteppedClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Step(TimeSpan by)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
        }

        due.ForEach(timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(SteppedClock clock, Action callback) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; }

        public void Fire()
        {
            Due = _period > TimeSpan.Zero ? clock.GetUtcNow() + _period : DateTimeOffset.MaxValue;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime >= TimeSpan.Zero ? clock.GetUtcNow() + dueTime : DateTimeOffset.MaxValue;
            _period = period;
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
