using Gateway.Services;
using Ordering.Contracts;

namespace Gateway.Books;

/// <summary>Points of one style's orders.</summary>
public sealed record StylePoints(int Earned, int TakenBack);

/// <summary>What Loyalty's books say.</summary>
/// <param name="Agree">For every order that has ended, its points are what Ordering's amounts make of it.</param>
/// <param name="Styles">Points by style.</param>
/// <param name="Details">The first differences, in words.</param>
public sealed record PointsReport(bool Agree, IReadOnlyDictionary<string, StylePoints> Styles, IReadOnlyList<string> Details);

/// <summary>Compares the books of Loyalty with Ordering's.</summary>
public sealed class PointsAudit(OrderingApi ordering, LoyaltyApi loyalty)
{
    private const int MostDetails = 20;

    /// <summary>Null where the platform runs without Loyalty.</summary>
    public async Task<PointsReport?> RunAsync(CancellationToken cancellationToken)
    {
        if (!loyalty.IsThere)
        {
            return null;
        }

        var rows = new List<OrderPoints>();
        var differences = new List<string>();
        await foreach (var page in ordering.AllAsync(cancellationToken))
        {
            var ended = page.Where(order => !order.InBetween).ToDictionary(order => order.OrderId);
            if (ended.Count == 0)
            {
                continue;
            }

            foreach (var row in await loyalty.PointsForAsync([.. ended.Keys], cancellationToken))
            {
                rows.Add(row);
                var order = ended[row.OrderId];
                if (row.Earned - row.TakenBack != PointsOf(order))
                {
                    differences.Add($"points of {order.OrderId} ({order.Style}, {order.State}): {row.Earned} earned and {row.TakenBack} taken back, but it is worth {PointsOf(order)}");
                }
            }
        }

        return new PointsReport(
            differences.Count == 0,
            rows.Where(row => row.Style is not null).GroupBy(row => row.Style).ToDictionary(
                style => style.Key == CoordinationStyle.Orchestrated ? "orchestrated" : "choreographed",
                style => new StylePoints(style.Sum(row => row.Earned), style.Sum(row => row.TakenBack))),
            [.. differences.Take(MostDetails)]);
    }

    private static int PointsOf(OrderSummary order) =>
        order.State is OrderState.Completed or OrderState.Refunded ? (int)Math.Floor((order.Amount ?? 0) - order.Refunded) : 0;
}
