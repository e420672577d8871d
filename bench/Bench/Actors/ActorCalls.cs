using System.Net.Http.Headers;
using System.Text;
using Bench.Processes;

namespace Bench.Actors;

/// <summary>
/// Calls of actors through the sidecar of another app against the same request sent straight to their app. daprd 1.18.3 did 1,895 calls/s on one actor and 4,496 with
/// 16 callers over 1,000 actors; with one state write in memory 1,758 and 2,808, on SQLite 533 and 552.
/// </summary>
internal static class ActorCalls
{
    private const int Actors = 1000;
    private const int IdleActors = 50_000;

    private static readonly byte[] _body = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 100)}}"}""");

    public static async Task RunAsync(Report report)
    {
        foreach (var store in new[] { "state.in-memory", "state.sqlite" })
        {
            await using var app = await Child.StartAsync(EchoApp.Role);
            await using var sidecars = await Child.StartAsync(SidecarsProcess.Role, $"{app.Ports["app"]}", store);
            using var http = new HttpClient();
            if (store == "state.in-memory")
                await EchoAsync(report, http, app, sidecars);
            foreach (var (callers, actors) in new[] { (1, 1), (16, Actors) })
            {
                await report.BaselineAsync(
                    $"with one write to {store}, {actors:N0} actors", callers, (caller, i) => PutAsync(http, Address(sidecars, Pick(caller, i, actors), $"save?port={sidecars.Ports["callee"]}")));
            }
        }
    }

    private static async Task EchoAsync(Report report, HttpClient http, Child app, Child sidecars)
    {
        var before = sidecars.ResidentMegabytes;
        await Parallel.ForAsync(0, IdleActors, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await PutAsync(http, Address(sidecars, $"idle-{i}", "echo")));
        Console.WriteLine($"  {IdleActors:N0} idle actors: {(sidecars.ResidentMegabytes - before) * 1000 / IdleActors:0.0} MB per 1,000, warming up of the process included");
        var direct = new Uri($"http://127.0.0.1:{app.Ports["app"]}/actors/Echo/a/method/echo");
        foreach (var callers in new[] { 1, 16 })
        {
            var baseline = await report.BaselineAsync("PUT 100 bytes straight to the app", callers, (_, _) => PutAsync(http, direct));
            await report.MeasureAsync("a call of one actor", callers, (_, _) => PutAsync(http, Address(sidecars, "one", "echo")), baseline);
            await report.MeasureAsync("a call of one of 1,000 actors", callers, (caller, i) => PutAsync(http, Address(sidecars, Pick(caller, i, Actors), "echo")), baseline);
        }
    }

    /// <summary>Spreads the callers over the actors, so that they seldom meet.</summary>
    private static string Pick(int caller, int i, int actors) => $"actor-{((caller * 61) + i) % actors}";

    private static Uri Address(Child sidecars, string actor, string method) => new($"http://127.0.0.1:{sidecars.Ports["http"]}/v1.0/actors/Echo/{actor}/method/{method}");

    private static async ValueTask PutAsync(HttpClient http, Uri address)
    {
        using var content = new ByteArrayContent(_body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await http.PutAsync(address, content);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }
}
