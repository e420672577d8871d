using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Bench.Processes;

namespace Bench.PubSub;

/// <summary>
/// Publish, durable embedded broker with order per key, delivery, handler: against a plain POST to the handler. Goals: 5,000 events/s one by one with 16 publishers, 20,000 with bulk
/// publish and bulk delivery, p50 under 2 ms at 500 events/s.
/// </summary>
internal static class PublishToHandler
{
    private const int Keys = 1000;
    private const int BatchSize = 100;

    public static async Task RunAsync(Report report)
    {
        await using var app = await Child.StartAsync(EchoApp.Role);
        await using var sidecars = await Child.StartAsync(SidecarsProcess.Role, $"{app.Ports["app"]}", "state.in-memory");
        using var http = new HttpClient();
        var handler = new Uri($"http://127.0.0.1:{app.Ports["app"]}/");
        var sidecar = new Uri($"http://127.0.0.1:{sidecars.Ports["http"]}/v1.0/publish/");

        var baseline = await report.BaselineAsync("POST straight to the handler", 16, (_, _) => PostAsync(http, new Uri(handler, "single"), Event()));
        await http.GetAsync(new Uri(handler, "latencies"));

        var single = await DeliveredPerSecondAsync(http, handler, sidecars, report.Duration, 1, (caller, i) =>
            PostAsync(http, new Uri(sidecar, $"pubsub/single?metadata.partitionKey={(caller * 7919 + i) % Keys}"), Event()));
        Print("publish one by one, delivered one by one", single, baseline.PerSecond);

        var bulk = await DeliveredPerSecondAsync(http, handler, sidecars, report.Duration, BatchSize, (caller, i) =>
            PostAsync(http, new Uri(sidecar, "bulk/pubsub/bulk"), Batch(caller, i)));
        Print($"bulk publish of {BatchSize}, bulk delivery", bulk, baseline.PerSecond);

        await http.GetAsync(new Uri(handler, "latencies"));
        var delivered = await DeliveredAsync(http, handler);
        var steady = await SteadyAsync(500, report.Duration, i => PostAsync(http, new Uri(sidecar, $"pubsub/single?metadata.partitionKey={i % Keys}"), Event()));
        await UntilDeliveredAsync(http, handler, delivered + steady);
        var latencies = (await http.GetFromJsonAsync<double[]>(new Uri(handler, "latencies")))!.Order().ToArray();
        Console.WriteLine($"  {"at 500 events/s, publish call to handler",-52}     p50 {latencies[latencies.Length / 2]:0.00} ms  p99 {latencies[(int)(latencies.Length * 0.99)]:0.00} ms");
        Console.WriteLine($"  host with two sidecars and the broker: {sidecars.ResidentMegabytes:0} MB resident");
    }

    private static async Task<Rate> DeliveredPerSecondAsync(HttpClient http, Uri handler, Child host, TimeSpan duration, int eventsEach, Func<int, int, ValueTask> publish)
    {
        long acknowledged = await DeliveredAsync(http, handler);
        async ValueTask CountedAsync(int caller, int i)
        {
            await publish(caller, i);
            Interlocked.Add(ref acknowledged, eventsEach);
        }

        // As long as it takes until most of what runs here is compiled for good.
        await ClosedLoop.LoadAsync(16, duration, CountedAsync);
        await UntilDeliveredAsync(http, handler, acknowledged);

        var (before, processor) = (acknowledged, host.ProcessorTime);
        var watch = Stopwatch.StartNew();
        await ClosedLoop.LoadAsync(16, duration, CountedAsync);
        await UntilDeliveredAsync(http, handler, acknowledged);
        var events = acknowledged - before;
        return new Rate(events / watch.Elapsed.TotalSeconds, (host.ProcessorTime - processor).TotalMilliseconds * 1000 / events);
    }

    /// <summary>Waits for the handler to have had every acknowledged event; asks often enough that the waiting does not count.</summary>
    private static async Task UntilDeliveredAsync(HttpClient http, Uri handler, long acknowledged)
    {
        var (patience, last) = (Stopwatch.StartNew(), 0L);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await DeliveredAsync(http, handler) is var now && now < acknowledged)
        {
            if (now > last)
            {
                (last, patience) = (now, Stopwatch.StartNew());
            }
            else if (patience.Elapsed > TimeSpan.FromSeconds(10))
            {
                throw new InvalidOperationException($"{acknowledged} events were acknowledged, {now} delivered, and none in the last 10 s");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task<long> DeliveredAsync(HttpClient http, Uri handler) =>
        long.Parse(await http.GetStringAsync(new Uri(handler, "delivered")), CultureInfo.InvariantCulture);

    private static async Task<int> SteadyAsync(int perSecond, TimeSpan duration, Func<int, ValueTask> operation)
    {
        var underWay = new List<Task>();
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var i = 0; watch.Elapsed < duration; await timer.WaitForNextTickAsync())
        {
            for (; i < watch.Elapsed.TotalSeconds * perSecond; i++)
            {
                underWay.Add(operation(i).AsTask());
            }
        }

        await Task.WhenAll(underWay);
        return underWay.Count;
    }

    private static string Event() => $$"""{"at":{{Stopwatch.GetTimestamp()}},"orderId":"0001","text":"{{new string('x', 200)}}"}""";

    private static string Batch(int caller, int i)
    {
        var entries = Enumerable.Range(0, BatchSize).Select(n =>
            $$$"""{"entryId":"{{{n}}}","contentType":"application/json","event":{{{Event()}}},"metadata":{"partitionKey":"{{{(caller * 7919 + i + n) % Keys}}}"}}""");
        return $"[{string.Join(',', entries)}]";
    }

    private static async ValueTask PostAsync(HttpClient http, Uri address, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(address, content);
        response.EnsureSuccessStatusCode();
    }

    private static void Print(string name, Rate rate, double baseline) =>
        Console.WriteLine($"  {name,-52}  16 callers {rate.PerSecond,9:N0}/s  host cpu {rate.CpuPerThousand,6:0.0} ms/1000  x {rate.PerSecond / baseline:0.00} of the handler alone");

    private readonly record struct Rate(double PerSecond, double CpuPerThousand);
}
