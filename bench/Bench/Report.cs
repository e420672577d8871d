namespace Bench;

/// <summary>Prints figures as they come, each beside the ratio to its baseline.</summary>
/// <param name="duration">How long each figure is measured.</param>
/// <param name="only">What a scenario of several parts is to measure; empty for all of them.</param>
internal sealed class Report(TimeSpan duration, IReadOnlyList<string> only)
{
    /// <summary>What a scenario of several parts is to measure; empty for all of them.</summary>
    public IReadOnlyList<string> Only => only;

    /// <summary>How long each figure is measured.</summary>
    public TimeSpan Duration => duration;

    /// <summary>Measures a baseline: a line without a ratio.</summary>
    public Task<Measurement> BaselineAsync(string name, int callers, Func<int, int, ValueTask> operation) => MeasureAsync(name, callers, operation, null);

    /// <summary>Measures and prints; the ratio is operations per second over the baseline's.</summary>
    public async Task<Measurement> MeasureAsync(string name, int callers, Func<int, int, ValueTask> operation, Measurement? baseline)
    {
        var result = await ClosedLoop.RunAsync(callers, duration, operation);
        var ratio = baseline is null ? "baseline" : $"x {result.PerSecond / baseline.PerSecond:0.00}";
        Console.WriteLine(
            $"  {name,-52} {callers,3} callers {result.PerSecond,9:N0}/s  p50 {result.P50,7:0.000}  p99 {result.P99,7:0.000} ms  "
            + $"cpu {result.CpuPerThousand,6:0.0} ms/1000  {ratio}");
        return result;
    }
}
