using System.Text.Json;
using System.Text.Json.Serialization;
using Demo.Running;
using Ordering.Contracts;

namespace Demo.Output;

/// <summary>What one order of a style cost, on average.</summary>
/// <param name="Messages">Events published.</param>
/// <param name="Calls">Calls between services that changed something.</param>
/// <param name="Retries">Commits tried again.</param>
/// <param name="Compensations">Steps undone.</param>
public sealed record Cost(double Messages, double Calls, double Retries, double Compensations);

/// <summary>How one style did.</summary>
/// <param name="P50Ms">Median time from submit to end in milliseconds, of orders that waited for no person.</param>
/// <param name="P95Ms">95th percentile.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MessagesPerOrder">Events published for one order.</param>
/// <param name="CallsPerOrder">Calls between services for one order.</param>
/// <param name="RetriesPerOrder">Commits tried again for one order.</param>
/// <param name="CompensationsPerOrder">Steps undone for one order.</param>
/// <param name="Ended">Orders by end state.</param>
public sealed record StyleResult(
    double P50Ms, double P95Ms, double P99Ms, double MessagesPerOrder, double CallsPerOrder, double RetriesPerOrder, double CompensationsPerOrder,
    IReadOnlyDictionary<string, int> Ended);

/// <summary>Whether the books agree, asked of the running platform.</summary>
/// <param name="Stock">For each product, on hand + reserved + shipped is what it opened with.</param>
/// <param name="Money">For each order, what Payments and Shipping believe equals the books of the provider and the carrier.</param>
public sealed record Invariants(bool Stock, bool Money);

/// <summary>The result of a run: what <c>--json</c> prints.</summary>
public sealed record RunResult(
    int Orders,
    IReadOnlyDictionary<string, int> Ended,
    int Stuck,
    Invariants Invariants,
    IReadOnlyDictionary<string, StyleResult> Styles,
    string Broker,
    string Store,
    double OrdersPerSecond)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    /// <summary>Points that Loyalty keeps; null where the platform runs without it.</summary>
    public PointsReport? Points { get; init; }

    /// <summary>Nothing is stuck, both invariants hold, and points are what was paid for.</summary>
    [JsonIgnore]
    public bool IsGood => Stuck == 0 && Invariants is { Stock: true, Money: true } && Points is not { Agree: false };

    /// <summary>Sums up a run.</summary>
    public static RunResult Of(
        IReadOnlyList<TrackedOrder> orders, TimeSpan elapsed, Invariants invariants, IReadOnlyDictionary<string, Cost> costs, string broker, string store) => new(
        orders.Count,
        EndedIn(orders),
        orders.Count(order => !order.IsDone),
        invariants,
        orders.GroupBy(order => order.Planned.Style).ToDictionary(style => Name(style.Key), style => Style([.. style], costs.GetValueOrDefault(Name(style.Key), new Cost(0, 0, 0, 0)))),
        broker,
        store,
        elapsed > TimeSpan.Zero ? Math.Round(orders.Count(order => order.IsDone) / elapsed.TotalSeconds, 2) : 0);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Nearest-rank percentile; 0 of nothing.</summary>
    internal static double Percentile(IReadOnlyList<double> sorted, double percent) =>
        sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Count) - 1, 0, sorted.Count - 1)];

    /// <summary>The style's name on the wire.</summary>
    internal static string Name(CoordinationStyle style) => style == CoordinationStyle.Orchestrated ? "orchestrated" : "choreographed";

    private static StyleResult Style(IReadOnlyList<TrackedOrder> orders, Cost cost)
    {
        var times = orders.Where(order => !order.WaitedForApproval && order.Last?.EndedAt is not null)
            .Select(order => (order.Last!.EndedAt!.Value - order.Last.SubmittedAt).TotalMilliseconds).Order().ToList();
        return new StyleResult(
            Math.Round(Percentile(times, 50), 1), Math.Round(Percentile(times, 95), 1), Math.Round(Percentile(times, 99), 1),
            Math.Round(cost.Messages, 2), Math.Round(cost.Calls, 2), Math.Round(cost.Retries, 2), Math.Round(cost.Compensations, 2), EndedIn(orders));
    }

    private static Dictionary<string, int> EndedIn(IReadOnlyList<TrackedOrder> orders) =>
        Standing.Ends.ToDictionary(end => end.ToString(), end => orders.Count(order => order.IsDone && order.Last!.State == end));
}
