using System.Globalization;
using System.Net.Http.Json;
using Ordering.Contracts;
using Platform.Tests.Observed;

namespace Platform.Tests;

/// <summary>What an operator sees of an order: one trace over every process that had a part in it, and the sidecars' counters.</summary>
[Collection(OneReplica.Collection)]
public sealed class TracingTests(OneReplica fixture) : IDisposable
{
    private static readonly string[] _everybody = ["gateway", "ordering", "catalog", "inventory", "payments", "shipping"];
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Shop _shop = new(fixture.Platform);

    [Theory]
    [InlineData(CoordinationStyle.Orchestrated, "order-saga")]
    [InlineData(CoordinationStyle.Choreographed)]
    public async Task One_trace_follows_an_order_through_services_and_sidecars(CoordinationStyle style, params string[] besides)
    {
        var sku = await _shop.ProductAsync(10m, 5);
        var trace = Guid.NewGuid().ToString("N");
        var caller = trace[..16];
        _shop.Http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{caller}-01");

        var order = await _shop.SubmitAsync(new Cart(style, new OrderLine(sku, 1)));
        _shop.Http.DefaultRequestHeaders.Clear();
        Assert.Equal(OrderState.Completed, (await _shop.EndsAsync(order.OrderId)).State);

        string[] awaited = [.. _everybody, .. besides];
        var spans = await Eventually.HoldsAsync(
            () => Task.FromResult(fixture.Collector.Spans.Where(span => span.TraceId == trace).ToList()),
            spans => awaited.All(service => Tells(spans, Exporter.Otlp, service) && Tells(spans, Exporter.Zipkin, service)) && Missing(spans, caller).Count == 0,
            _patience,
            spans => $"the trace has to go on from the caller through {string.Join(", ", awaited)} and their sidecars, but it has only\n{Describe(spans)}\nand lacks the parents of\n{Describe(Missing(spans, caller))}");
        Assert.True(spans.Exists(span => span is { From: Exporter.Otlp, Service: "gateway", Name: "POST /orders/" or "POST /orders" }), $"a request's span is named by its route\n{Describe(spans)}");
        Assert.DoesNotContain(fixture.Collector.Spans, span => span.Name.Contains("healthz", StringComparison.Ordinal));
        if (style == CoordinationStyle.Orchestrated)
        {
            Assert.Contains(spans, span => span.From == Exporter.Otlp && span.Service == "order-saga" && span.Name.StartsWith("activity||", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_sidecar_counts_its_work_under_daprs_names()
    {
        var sku = await _shop.ProductAsync(10m, 5);
        var order = await _shop.SubmitAsync(new Cart(CoordinationStyle.Choreographed, new OrderLine(sku, 1)));
        await _shop.EndsAsync(order.OrderId);
        var port = fixture.Platform.Instance("inventory").MetricsPort;

        var text = await _shop.Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

        Assert.True(Sum(text, "dapr_http_server_request_count", "app_id=\"inventory\"") > 0, text);
        Assert.True(Sum(text, "dapr_grpc_io_server_completed_rpcs", "/ExecuteStateTransaction") > 0, text);
        Assert.True(Sum(text, "dapr_component_pubsub_ingress_count", "topic=\"payments\"") > 0, text);
    }

    public void Dispose() => _shop.Dispose();

    private static bool Tells(List<Span> spans, Exporter exporter, string service) => spans.Exists(span => span.From == exporter && span.Service == service);

    /// <summary>Spans whose parent nobody exported: there the trace is broken.</summary>
    private static List<Span> Missing(List<Span> spans, string caller)
    {
        var known = spans.Select(span => span.Id).Append(caller).ToHashSet();
        return [.. spans.Where(span => !known.Contains(span.ParentId))];
    }

    private static string Describe(IEnumerable<Span> spans) => string.Join('\n', spans.Select(span => $"  {span.From} {span.Service}: {span.Name} ({span.Id} of {span.ParentId})"));

    private static double Sum(string text, string name, string label) => text.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
