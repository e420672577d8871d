namespace Sidecar.Runtime.Scheduling;

/// <summary>
/// Many deadlines on one timer of a <see cref="TimeProvider"/>: a clock that a test steps fires them in order of their due times.
/// </summary>
internal sealed class TimerQueue : IDisposable
{
    // Longer waits are cut in pieces: a timer takes at most about 49 days, and the machine's clock may be set meanwhile.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Sequence)> _queue = new();
    private readonly Lock _lock = new();
    private long _sequence;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;
    private bool _disposed;

    public TimerQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static queue => ((TimerQueue)queue!).FireDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs <paramref name="action"/> at <paramref name="due"/>, at once (on a pool thread) when that has passed. It must not block.</summary>
    public void Schedule(DateTimeOffset due, Action action)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _queue.Enqueue(action, (due, _sequence++));
            if (due < _armedFor)
            {
                Arm(due);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _queue.Clear();
        }

        _timer.Dispose();
    }

    private void FireDue()
    {
        List<Action> due = [];
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            var now = _time.GetUtcNow();
            while (_queue.TryPeek(out var action, out var priority) && priority.Due <= now)
            {
                _queue.Dequeue();
                due.Add(action);
            }

            _armedFor = DateTimeOffset.MaxValue;
            if (_queue.TryPeek(out _, out var next))
            {
                Arm(next.Due);
            }
        }

        foreach (var action in due)
        {
            action();
        }
    }

    private void Arm(DateTimeOffset due)
    {
        _armedFor = due;
        var wait = due - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            // Not by the timer: a clock that a test steps would fire it only at its next step.
            ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.FireDue(), this, preferLocal: false);
            return;
        }

        // A timer counts whole milliseconds and cuts off the rest, which would make it fire too early, again and again.
        wait = wait > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
