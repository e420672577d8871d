using System.Diagnostics;

namespace Bench;

/// <summary>What a load did.</summary>
/// <param name="Operations">How many operations ended.</param>
/// <param name="PerSecond">Operations per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
/// <param name="CpuPerThousand">Processor milliseconds of this process per thousand operations.</param>
internal sealed record Measurement(long Operations, double PerSecond, double P50, double P99, double CpuPerThousand);

/// <summary>A fixed number of callers, each of which starts its next operation when the one before has ended.</summary>
internal static class ClosedLoop
{
    /// <summary>Warms up for a fifth of the time, then measures.</summary>
    public static async Task<Measurement> RunAsync(int callers, TimeSpan duration, Func<int, int, ValueTask> operation)
    {
        await LoadAsync(callers, duration / 5, operation);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var latencies = await LoadAsync(callers, duration, operation);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var used = Process.GetCurrentProcess().TotalProcessorTime - cpu;

        var sorted = latencies.SelectMany(list => list).Order().ToArray();
        return new Measurement(
            sorted.Length,
            sorted.Length / elapsed.TotalSeconds,
            Milliseconds(sorted[sorted.Length / 2]),
            Milliseconds(sorted[(int)(sorted.Length * 0.99)]),
            used.TotalMilliseconds * 1000 / sorted.Length);
    }

    /// <summary>Measures without a warm-up; latencies in ticks of the stopwatch, by caller.</summary>
    public static Task<List<long>[]> LoadAsync(int callers, TimeSpan duration, Func<int, int, ValueTask> operation)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        return Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var latencies = new List<long>(100_000);
            for (var i = 0; ; i++)
            {
                var started = Stopwatch.GetTimestamp();
                if (started >= end)
                    return latencies;
                await operation(caller, i);
                latencies.Add(Stopwatch.GetTimestamp() - started);
            }
        })));
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
