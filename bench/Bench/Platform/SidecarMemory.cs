using System.Globalization;
using System.Text;
using Bench.Processes;

namespace Bench.Platform;

/// <summary>What one more sidecar adds to its host's memory: hosts with 1 and with 41 sidecars, each of which has saved and published. Goal: under 10 MB.</summary>
internal static class SidecarMemory
{
    private const int More = 40;
    private const int Calls = 100;

    public static async Task RunAsync(Report report)
    {
        var (oneIdle, oneUsed) = await MegabytesAsync(1);
        var (manyIdle, manyUsed) = await MegabytesAsync(1 + More);
        Console.WriteLine($"  {1,2} sidecar   {oneIdle,6:0.0} MB idle {oneUsed,6:0.0} MB after {Calls} saves and publishes");
        Console.WriteLine($"  {1 + More,2} sidecars  {manyIdle,6:0.0} MB idle {manyUsed,6:0.0} MB after {Calls} of each on every one");
        Console.WriteLine($"  one more sidecar: {(manyIdle - oneIdle) / More:0.00} MB idle, {(manyUsed - oneUsed) / More:0.00} MB used");
    }

    private static async Task<(double Idle, double Used)> MegabytesAsync(int sidecars)
    {
        await using var host = await Child.StartAsync(ManySidecars.Role, sidecars.ToString(CultureInfo.InvariantCulture));
        var idle = host.ResidentMegabytes;
        using var http = new HttpClient();
        foreach (var port in host.Ports.Values)
        {
            for (var i = 0; i < Calls; i++)
            {
                await PostAsync(http, port, "state/statestore", $$$"""[{"key":"{{{i}}}","value":{"text":"{{{new string('x', 100)}}}"}}]""");
                await PostAsync(http, port, "publish/pubsub/nobody-listens", $$"""{"text":"{{i}}"}""");
            }
        }

        return (idle, host.ResidentMegabytes);
    }

    private static async Task PostAsync(HttpClient http, int port, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/v1.0/{path}"), content);
        answer.EnsureSuccessStatusCode();
    }
}
