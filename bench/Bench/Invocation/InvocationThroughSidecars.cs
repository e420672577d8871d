using System.Net.Http.Headers;
using System.Text;
using Bench.Processes;

namespace Bench.Invocation;

/// <summary>
/// A 1 KB POST through two sidecars against the same POST sent straight to the app. Goals: added p50 under 0.2 ms and p99 under 1.5 ms on one connection, 8,260 calls/s on 16
/// (four times daprd's 2,065). The two sidecars share a process here, as under `sidecar run -f`; daprd's do not.
/// </summary>
internal static class InvocationThroughSidecars
{
    private static readonly byte[] _body = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 1000)}}"}""");

    public static async Task RunAsync(Report report)
    {
        await using var app = await Child.StartAsync(EchoApp.Role);
        await using var sidecars = await Child.StartAsync(SidecarsProcess.Role, $"{app.Ports["app"]}", "state.in-memory");
        using var http = new HttpClient();
        var direct = new Uri($"http://127.0.0.1:{app.Ports["app"]}/echo");
        var invoked = new Uri($"http://127.0.0.1:{sidecars.Ports["http"]}/v1.0/invoke/callee/method/echo");
        foreach (var callers in new[] { 1, 16 })
        {
            var baseline = await report.BaselineAsync("POST 1 KB straight to the app", callers, (_, _) => PostAsync(http, direct));
            var through = await report.MeasureAsync("the same through two sidecars", callers, (_, _) => PostAsync(http, invoked), baseline);
            Console.WriteLine($"  {"added",-52} {callers,3} callers               p50 {through.P50 - baseline.P50,7:0.000}  p99 {through.P99 - baseline.P99,7:0.000} ms");
        }

        Console.WriteLine($"  host with two sidecars: {sidecars.ResidentMegabytes:0} MB resident");
    }

    private static async ValueTask PostAsync(HttpClient http, Uri address)
    {
        using var content = new ByteArrayContent(_body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await http.PostAsync(address, content);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }
}
