using System.Diagnostics;
using Sidecar.Testing;

namespace Bench.Platform;

/// <summary>A sidecar with broker, SQLite state and workflows inside this process, as a test starts it. Goal: ready in under 300 ms. The first start compiles the code that the others find.</summary>
internal static class SidecarStart
{
    public static async Task RunAsync(Report report)
    {
        var times = new List<double>();
        for (var i = 0; i < 11; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var sidecar = await TestSidecar.For("app").WithoutApp().WithSqliteState("statestore").WithEmbeddedPubSub("pubsub").StartAsync();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var later = times.Skip(1).Order().ToArray();
        Console.WriteLine($"  first in the process {times[0]:0} ms, later ones p50 {later[later.Length / 2]:0} ms");
    }
}
