using Sidecar.Testing;

namespace Sidecar.Tests.Testing;

public sealed class TestClockTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestClock _clock = new(s_start);

    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        Assert.Equal(s_start, _clock.GetUtcNow());
        var before = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(s_start.AddMinutes(3), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(3), _clock.GetElapsedTime(before));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_see_that_time()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        void Note(string name) => fired.Add((name, _clock.GetUtcNow() - s_start));
        using var late = _clock.CreateTimer(_ => Note("late"), null, TimeSpan.FromSeconds(9), Timeout.InfiniteTimeSpan);
        using var often = _clock.CreateTimer(_ => Note("often"), null, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
        using var never = _clock.CreateTimer(_ => Note("never"), null, TimeSpan.FromSeconds(11), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([("often", TimeSpan.FromSeconds(4)), ("often", TimeSpan.FromSeconds(8)), ("late", TimeSpan.FromSeconds(9))], fired);
    }

    [Fact]
    public void A_timer_that_a_firing_one_sets_fires_in_the_same_move_when_it_is_due()
    {
        var fired = false;
        ITimer? second = null;
        using var first = _clock.CreateTimer(
            _ => second = _clock.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.True(fired);
        second?.Dispose();
    }

    [Fact]
    public async Task A_delay_on_the_clock_ends_when_the_clock_gets_there()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _clock);
        await _clock.WaitForTimerAsync(TimeSpan.FromHours(1));

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));

        await delay.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_wait_for_a_timer_ends_when_somebody_sets_one_close_enough()
    {
        var waiting = _clock.WaitForTimerAsync(TimeSpan.FromSeconds(5));
        using var far = _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(6), Timeout.InfiniteTimeSpan);
        Assert.False(waiting.IsCompleted);
        using var near = _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);

        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_disposed_timer_is_silent()
    {
        var fired = false;
        _clock.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(fired);
    }
}
