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
    private const int Orders = 200;

    public static async Task RunAsync(Report report)
    {
        var demo = new FileInfo(Path.Combine(AppContext.BaseDirectory, "..", "..", "Demo", "release", "Demo.dll"));
        if (!demo.Exists)
        {
            Console.WriteLine($"  {demo.FullName} is missing; build the platform first: dotnet build platform.slnf -c Release");
            return;
        }

        var data = Directory.CreateTempSubdirectory("bench-platform-").FullName;
        try
        {
            await MeasureAsync(demo.FullName, Path.Combine(data, "run"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureAsync(string demo, string data)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[demo, "--orders", Orders.ToString(CultureInfo.InvariantCulture), "--json", "--data-dir", data])
        {
            start.ArgumentList.Add(argument);
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var stop = new CancellationTokenSource();
        var probe = ProbeAsync(Path.Combine(data, "ready.json"), watch, stop.Token);
        await process.WaitForExitAsync();
        await stop.CancelAsync();
        var seen = await probe;
        if (process.ExitCode != 0 || seen is null)
        {
            throw new InvalidOperationException($"the demo ended with {process.ExitCode}: {await said}");
        }

        Print(JsonDocument.Parse((await output).TrimEnd().Split('\n')[^1]).RootElement, seen);
    }

    /// <summary>From the moment the platform is up: reads the list of products ten times a second, and looks at the host's memory.</summary>
    private static async Task<Seen?> ProbeAsync(string readyFile, Stopwatch watch, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var http = new HttpClient();
        Seen? seen = null;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (seen is null && File.Exists(readyFile))
                {
                    var ready = JsonDocument.Parse(await File.ReadAllBytesAsync(readyFile, cancellationToken)).RootElement;
                    var port = ready.GetProperty("apps").EnumerateArray().First(app => app.GetProperty("appId").GetString() == "gateway").GetProperty("appPort").GetInt32();
                    seen = new Seen(watch.Elapsed, new Uri($"http://127.0.0.1:{port}/catalogue"), ready.GetProperty("hostPid").GetInt32());
                }

                if (seen is not null)
                {
                    await seen.LookAsync(http, cancellationToken);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or HttpRequestException or ArgumentException)
        {
            // The run is over and the platform gone with it.
        }

        return seen;
    }

    private static void Print(JsonElement result, Seen seen)
    {
        var calls = seen.Latencies.Order().ToArray();
        Console.WriteLine($"  every service healthy after {seen.Healthy.TotalSeconds:0.0} s");
        Console.WriteLine($"  {Orders} orders, {result.GetProperty("ordersPerSecond").GetDouble():0.0} per second");
        foreach (var style in result.GetProperty("styles").EnumerateObject())
        {
            Console.WriteLine($"  {style.Name,-14} time to the end p50 {style.Value.GetProperty("p50Ms").GetDouble(),8:N0} ms  p95 {style.Value.GetProperty("p95Ms").GetDouble(),8:N0} ms");
        }

        Console.WriteLine($"  GET /catalogue while it runs: {calls.Length} calls  p50 {calls[calls.Length / 2]:0} ms  p95 {calls[(int)(calls.Length * 0.95)]:0} ms");
        Console.WriteLine($"  host with all sidecars, broker and workflow engine: {seen.MostMegabytes:0} MB resident at most");
    }

    private sealed class Seen(TimeSpan healthy, Uri address, int hostPid)
    {
        public TimeSpan Healthy => healthy;

        public List<double> Latencies { get; } = [];

        public double MostMegabytes { get; private set; }

        public async Task LookAsync(HttpClient http, CancellationToken cancellationToken)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(address, cancellationToken);
            Latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            using var host = Process.GetProcessById(hostPid);
            MostMegabytes = Math.Max(MostMegabytes, host.WorkingSet64 / 1048576.0);
        }
    }
}
