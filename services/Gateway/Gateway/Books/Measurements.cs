using Gateway.Services;
using Ordering.Contracts;
using ServiceDefaults;

namespace Gateway.Books;

/// <summary>What one style did and cost.</summary>
/// <param name="Orders">Orders of the style.</param>
/// <param name="Ended">Orders by state.</param>
/// <param name="P50Ms">Half of the orders ended within this many milliseconds of their submission.</param>
/// <param name="P95Ms">95 of 100.</param>
/// <param name="P99Ms">99 of 100.</param>
/// <param name="MessagesPerOrder">Events published.</param>
/// <param name="CallsPerOrder">Service calls that changed something.</param>
/// <param name="Retries">Commits that had to be tried again.</param>
/// <param name="Compensations">Steps undone.</param>
public sealed record StyleMeasurement(
    int Orders,
    IReadOnlyDictionary<string, int> Ended,
    double P50Ms,
    double P95Ms,
    double P99Ms,
    double MessagesPerOrder,
    double CallsPerOrder,
    int Retries,
    int Compensations);

/// <summary>Gathers what orders have cost every service, side by side for the two styles.</summary>
public sealed class Measurements(OrderingApi ordering, CatalogApi catalog, InventoryApi inventory, PaymentsApi payments, ShippingApi shipping)
{
    public async Task<IReadOnlyDictionary<string, StyleMeasurement>> RunAsync(CancellationToken cancellationToken)
    {
        var orders = new List<OrderSummary>();
        var costs = new Dictionary<string, Measurement>();
        await foreach (var page in ordering.AllAsync(cancellationToken))
        {
            orders.AddRange(page);
            foreach (var cost in await CostsAsync([.. page.Select(order => order.OrderId)], cancellationToken))
            {
                costs[cost.OrderId] = (costs.GetValueOrDefault(cost.OrderId) ?? Measurement.None(cost.OrderId)).Add(cost.Messages, cost.Calls, cost.Retries, cost.Compensations);
            }
        }

        return orders.GroupBy(order => order.Style).ToDictionary(style => style.Key == CoordinationStyle.Orchestrated ? "orchestrated" : "choreographed", style => Summarise([.. style], costs));
    }

    private static StyleMeasurement Summarise(List<OrderSummary> orders, Dictionary<string, Measurement> costs)
    {
        var times = orders.Where(order => order.EndedAt is not null).Select(order => (order.EndedAt!.Value - order.SubmittedAt).TotalMilliseconds).Order().ToList();
        var spent = orders.Select(order => costs.GetValueOrDefault(order.OrderId)).OfType<Measurement>().ToList();
        return new StyleMeasurement(
            orders.Count,
            orders.GroupBy(order => order.State.ToString()).ToDictionary(state => state.Key, state => state.Count()),
            Percentile(times, 0.50),
            Percentile(times, 0.95),
            Percentile(times, 0.99),
            Math.Round((double)spent.Sum(cost => cost.Messages) / orders.Count, 2),
            Math.Round((double)spent.Sum(cost => cost.Calls) / orders.Count, 2),
            spent.Sum(cost => cost.Retries),
            spent.Sum(cost => cost.Compensations));
    }

    private static double Percentile(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : Math.Round(sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)], 1);

    private async Task<IEnumerable<Measurement>> CostsAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken)
    {
        if (orderIds.Count == 0)
        {
            return [];
        }

        var costs = await Task.WhenAll(
            ordering.MeasureAsync(orderIds, cancellationToken),
            catalog.MeasureAsync(orderIds, cancellationToken),
            inventory.MeasureAsync(orderIds, cancellationToken),
            payments.MeasureAsync(orderIds, cancellationToken),
            shipping.MeasureAsync(orderIds, cancellationToken));
        return costs.SelectMany(cost => cost);
    }
}
