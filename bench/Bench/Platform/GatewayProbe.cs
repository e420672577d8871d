using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Bench.Platform;

/// <summary>
/// Uses the Gateway's API as customers do while other load runs: the whole catalogue and single orders ten times a second each, new orders twice a second. Every call counts, the very
/// first ones of the platform's life as well. A call starts when it is due, also when the one before has not ended, so that a slow answer hides nothing.
/// </summary>
internal sealed class GatewayProbe(Uri gateway) : IDisposable
{
    private const string Sku = "BENCH";

    /// <summary>Orders of the probe's own: enough for two minutes, few enough that they end with the load.</summary>
    private const int MostOrders = 240;

    /// <summary>A platform is young while its processes still compile what they do for the first times.</summary>
    private static readonly TimeSpan s_young = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { BaseAddress = gateway };
    private readonly ConcurrentDictionary<(string Route, bool Young), ConcurrentQueue<double>> _latencies = new();
    private readonly long _born = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<string> _orders = new();
    private int _submitted;

    /// <summary>Milliseconds by route, in the first half minute and after it.</summary>
    public IEnumerable<(string Route, bool Young, double[] Sorted)> Latencies =>
        _latencies.OrderBy(calls => calls.Key.Route).ThenByDescending(calls => calls.Key.Young).Select(calls => (calls.Key.Route, calls.Key.Young, calls.Value.Order().ToArray()));

    /// <summary>Calls until it is cancelled or the platform is gone.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using (var opened = await _http.PutAsJsonAsync("/catalogue", new[] { new { sku = Sku, description = "a thing", unitPrice = 1.00, quantity = 1_000_000 } }, cancellationToken))
            opened.EnsureSuccessStatusCode();
        await Task.WhenAll(
            EveryAsync(TimeSpan.FromMilliseconds(100), "GET /catalogue", ReadCatalogueAsync, cancellationToken),
            EveryAsync(TimeSpan.FromMilliseconds(100), "GET /orders/{id}", ReadOrderAsync, cancellationToken),
            EveryAsync(TimeSpan.FromMilliseconds(500), "POST /orders", SubmitAsync, cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    private async Task EveryAsync(TimeSpan interval, string route, Func<CancellationToken, Task<bool>> call, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval);
        var calls = new List<Task>();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                calls.Add(MeasureAsync(route, call, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The load has ended, and with it the probe.
        }

        await Task.WhenAll(calls);
    }

    private async Task MeasureAsync(string route, Func<CancellationToken, Task<bool>> call, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (await call(cancellationToken))
                _latencies.GetOrAdd((route, Stopwatch.GetElapsedTime(_born, started) < s_young), _ => new ConcurrentQueue<double>()).Enqueue(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception end) when (end is OperationCanceledException or HttpRequestException)
        {
            // The platform stops while calls are under way.
        }
    }

    private async Task<bool> ReadCatalogueAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync("/catalogue", cancellationToken);
        answer.EnsureSuccessStatusCode();
        return true;
    }

    private async Task<bool> ReadOrderAsync(CancellationToken cancellationToken)
    {
        if (_orders.IsEmpty)
            return false;
        using var answer = await _http.GetAsync($"/orders/{_orders.Last()}", cancellationToken);
        answer.EnsureSuccessStatusCode();
        return true;
    }

    private async Task<bool> SubmitAsync(CancellationToken cancellationToken)
    {
        if (_submitted >= MostOrders)
            return false;
        var number = _submitted++;
        var order = new
        {
            customerId = $"bench-{number}",
            style = number % 2 == 0 ? "orchestrated" : "choreographed",
            paymentMethod = "card",
            shipTo = new { name = "A. Customer", street = "1 High Street", city = "Town", postcode = "AB1 2CD", country = "United Kingdom" },
            lines = new[] { new { sku = Sku, quantity = 1 } },
        };
        using var answer = await _http.PostAsJsonAsync("/orders", order, cancellationToken);
        answer.EnsureSuccessStatusCode();
        _orders.Enqueue((await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("orderId").GetString()!);
        return true;
    }
}
