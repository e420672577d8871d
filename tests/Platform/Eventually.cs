using System.Diagnostics;

namespace Platform;

/// <summary>Waits for a condition of a system that is asynchronous by nature; the time is a bound, never an expectation.</summary>
public static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan patience, string what)
    {
        using var timer = new PeriodicTimer(_pause);
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < patience, $"waited {patience.TotalSeconds:0} s in vain for {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Asks until the answer is accepted, and returns it; the last answer is in the message of a failure.</summary>
    public static async Task<T> HoldsAsync<T>(Func<Task<T>> ask, Func<T, bool> accepted, TimeSpan patience, Func<T, string> describe)
    {
        using var timer = new PeriodicTimer(_pause);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (accepted(answer))
            {
                return answer;
            }

            Assert.True(watch.Elapsed < patience, $"waited {patience.TotalSeconds:0} s in vain: {describe(answer)}");
            await timer.WaitForNextTickAsync();
        }
    }
}
