using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Bench.Platform;

/// <summary>
/// Every service, both styles, real orders: <c>./run demo</c> as a child, on the embedded broker and SQLite. Goals: every service healthy in 15 s, API p95 under 100 ms while it runs, host with
/// all sidecars under 250 MB; orders per second and time to the end as they come.
/// </summary>
internal static class WholePlatform
{
    // Long enough to see the platform young and grown up.
    private const int Orders = 800;

    public static async Task RunAsync(Report report)
    {
        if (DemoChild.Find() is not { } demo)
            return;
        var data = Directory.CreateTempSubdirectory("bench-platform-").FullName;
        try
        {
            await MeasureAsync(demo, Path.Combine(data, "run"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureAsync(string demo, string data)
    {
        var before = ChildProcessorTime();
        var watch = Stopwatch.StartNew();
        using var run = DemoChild.Start(demo, data, ["--orders", Orders.ToString(CultureInfo.InvariantCulture)]);
        using var stop = new CancellationTokenSource();
        var probe = ProbeAsync(Path.Combine(data, "ready.json"), watch, stop.Token);
        var result = await run.ResultAsync();
        await stop.CancelAsync();
        using var seen = await probe ?? throw new InvalidOperationException("the platform was never seen");
        Print(result, seen);
        if (before is { } begin && ChildProcessorTime() is { } end)
            Console.WriteLine($"  processor time from start to stop, everything included: {(end - begin).TotalSeconds:0.0} s");
    }

    /// <summary>What ended children of this process have used, their own children included; null where the system does not say.</summary>
    private static TimeSpan? ChildProcessorTime()
    {
        const int UserTicks = 15, SystemTicks = 16, TicksPerSecond = 100; // man 5 proc: cutime and cstime, in USER_HZ
        if (!OperatingSystem.IsLinux())
            return null;
        var fields = File.ReadAllText("/proc/self/stat");
        var numbers = fields[(fields.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(numbers[UserTicks - 2], CultureInfo.InvariantCulture) + long.Parse(numbers[SystemTicks - 2], CultureInfo.InvariantCulture)) / (double)TicksPerSecond);
    }

    /// <summary>From the moment the platform is up: calls the Gateway and looks at the host's memory.</summary>
    private static async Task<Seen?> ProbeAsync(string readyFile, Stopwatch watch, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        Seen? seen = null;
        try
        {
            while (!File.Exists(readyFile))
                await timer.WaitForNextTickAsync(cancellationToken);
            var ready = JsonDocument.Parse(await File.ReadAllBytesAsync(readyFile, cancellationToken)).RootElement;
            var port = ready.GetProperty("apps").EnumerateArray().First(app => app.GetProperty("appId").GetString() == "gateway").GetProperty("appPort").GetInt32();
            seen = new Seen(watch.Elapsed, new GatewayProbe(new Uri($"http://127.0.0.1:{port}")), ready.GetProperty("hostPid").GetInt32());
            await Task.WhenAll(seen.Api.RunAsync(cancellationToken), seen.WatchMemoryAsync(timer, cancellationToken));
        }
        catch (Exception end) when (end is OperationCanceledException or ArgumentException)
        {
            // The run is over and the platform gone with it.
        }

        return seen;
    }

    private static void Print(JsonElement result, Seen seen)
    {
        Console.WriteLine($"  every service healthy after {seen.Healthy.TotalSeconds:0.0} s");
        Console.WriteLine($"  {Orders} orders, {result.GetProperty("ordersPerSecond").GetDouble():0.0} per second");
        foreach (var style in result.GetProperty("styles").EnumerateObject())
        {
            Console.WriteLine($"  {style.Name,-14} time to the end p50 {style.Value.GetProperty("p50Ms").GetDouble(),8:N0} ms  p95 {style.Value.GetProperty("p95Ms").GetDouble(),8:N0} ms");
        }

        foreach (var (route, young, sorted) in seen.Api.Latencies)
        {
            Console.WriteLine($"  {route,-16} {(young ? "first 30 s" : "after that"),-11}: {sorted.Length,4} calls  p50 {At(0.50),5:0} ms  p95 {At(0.95),5:0} ms  p99 {At(0.99),5:0} ms");
            double At(double share) => sorted[(int)(sorted.Length * share)];
        }

        Console.WriteLine($"  host with all sidecars, broker and workflow engine: {seen.MostMegabytes:0} MB resident at most");
    }

    private sealed class Seen(TimeSpan healthy, GatewayProbe api, int hostPid) : IDisposable
    {
        public TimeSpan Healthy => healthy;

        public GatewayProbe Api => api;

        public double MostMegabytes { get; private set; }

        public async Task WatchMemoryAsync(PeriodicTimer timer, CancellationToken cancellationToken)
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                using var host = Process.GetProcessById(hostPid);
                MostMegabytes = Math.Max(MostMegabytes, host.WorkingSet64 / 1048576.0);
            }
        }

        public void Dispose() => api.Dispose();
    }
}
