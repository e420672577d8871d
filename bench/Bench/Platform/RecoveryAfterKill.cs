using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bench.Platform;

/// <summary>The host is killed (<c>SIGKILL</c>) with 1,000 orders under way; then the run is resumed: how soon is every service healthy, does the first order end, have all ended.</summary>
internal static partial class RecoveryAfterKill
{
    private const int UnderWay = 1000;
    private const int Orders = 1600;

    public static async Task RunAsync(Report report)
    {
        if (DemoChild.Find() is not { } demo)
            return;
        var data = Directory.CreateTempSubdirectory("bench-recovery-").FullName;
        try
        {
            var before = await KillAsync(demo, Path.Combine(data, "run"));
            await ResumeAsync(demo, Path.Combine(data, "run"), before);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(int Submitted, int Ended)> KillAsync(string demo, string data)
    {
        using var run = DemoChild.Start(demo, data, Options());
        await foreach (var line in run.ProgressAsync())
        {
            if (Progress(line) is not { } now || now.Submitted - now.Ended < UnderWay)
                continue;
            var hostPid = (await run.ReadyAsync()).GetProperty("hostPid").GetInt32();
            using (var host = Process.GetProcessById(hostPid))
                host.Kill();
            Console.WriteLine($"  host killed with {now.Submitted - now.Ended} orders under way, {now.Ended} ended");
            await run.EndAsync();
            return now;
        }

        throw new InvalidOperationException($"there never were {UnderWay} orders under way");
    }

    private static async Task ResumeAsync(string demo, string data, (int Submitted, int Ended) before)
    {
        var watch = Stopwatch.StartNew();
        using var run = DemoChild.Start(demo, data, [.. Options(), "--resume"]);
        var first = true;
        var ending = run.ResultAsync();
        await foreach (var line in run.ProgressAsync())
        {
            if (Progress(line) is { } now && now.Ended > before.Ended && first)
            {
                first = false;
                Console.WriteLine($"  resumed: {now.Ended - before.Ended} more orders seen ended after {watch.Elapsed.TotalSeconds:0.0} s, the start of the platform included");
            }
            else if (line.Contains("every service is healthy", StringComparison.Ordinal))
            {
                Console.WriteLine($"  resumed: every service healthy after {watch.Elapsed.TotalSeconds:0.0} s");
            }
        }

        var result = await ending;
        Console.WriteLine(
            $"  resumed: all {Orders - before.Ended} left ended after {watch.Elapsed.TotalSeconds:0.0} s, stuck {result.GetProperty("stuck").GetInt32()}, "
            + $"stock {result.GetProperty("invariants").GetProperty("stock").GetBoolean()}, money {result.GetProperty("invariants").GetProperty("money").GetBoolean()}");
    }

    private static string[] Options() =>
        ["--orders", Orders.ToString(CultureInfo.InvariantCulture), "--in-flight", (UnderWay + 100).ToString(CultureInfo.InvariantCulture)];

    private static (int Submitted, int Ended)? Progress(string line) => ProgressForm().Match(line) is { Success: true } match
        ? (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
        : null;

    [GeneratedRegex(@"^(\d+) of \d+ orders submitted, (\d+) ended")]
    private static partial Regex ProgressForm();
}
