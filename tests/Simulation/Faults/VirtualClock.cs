namespace Simulation.Faults;

/// <summary>The time of a history, as the services ask for it.</summary>
internal sealed class VirtualClock(Timeline timeline) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => timeline.Now;

    public override long GetTimestamp() => timeline.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(timeline, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(Timeline timeline, Action callback) : ITimer
    {
        private IDisposable? _next;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _next?.Dispose();
            _next = dueTime == Timeout.InfiniteTimeSpan ? null : timeline.After(dueTime, () =>
            {
                if (period != Timeout.InfiniteTimeSpan && period > TimeSpan.Zero)
                {
                    Change(period, period);
                }

                Timeline.Wake(callback);
            });
            return true;
        }

        public void Dispose() => _next?.Dispose();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
