using Gateway.Services;
using Ordering.Contracts;

namespace Gateway.Books;

/// <summary>What the audit found.</summary>
/// <param name="Stock">Every piece is accounted for, and what left the house is what customers have.</param>
/// <param name="Money">Ordering, Payments and the provider say the same of every order that has ended.</param>
/// <param name="Shipments">Ordering, Shipping and the carrier say the same of every order that has ended.</param>
/// <param name="Stuck">Orders that are still in between. Ask again: some may just be on their way.</param>
/// <param name="Orders">Orders looked at.</param>
/// <param name="Details">The first differences, in words.</param>
public sealed record AuditReport(bool Stock, bool Money, bool Shipments, int Stuck, int Orders, IReadOnlyList<string> Details);

/// <summary>Compares the books of services and partners, through their public APIs only.</summary>
public sealed class Audit(OrderingApi ordering, InventoryApi inventory, PaymentsApi payments, ShippingApi shipping, PartnerBooks partners)
{
    private const int MostDetails = 50;

    public async Task<AuditReport> RunAsync(CancellationToken cancellationToken)
    {
        var money = new List<string>();
        var shipments = new List<string>();
        var kept = new Dictionary<string, int>();
        var (orders, stuck) = (0, 0);
        await foreach (var page in ordering.AllAsync(cancellationToken))
        {
            orders += page.Count;
            stuck += page.Count(order => order.InBetween);
            foreach (var line in page.SelectMany(order => order.Kept))
            {
                kept[line.Sku] = kept.GetValueOrDefault(line.Sku) + line.Quantity;
            }

            var ended = page.Where(order => !order.InBetween).ToList();
            if (ended.Count > 0)
            {
                money.AddRange(await MoneyAsync(ended, cancellationToken));
                shipments.AddRange(await ShipmentsAsync(ended, cancellationToken));
            }
        }

        var stock = await StockAsync(kept, allEnded: stuck == 0, cancellationToken);
        return new AuditReport(stock.Count == 0, money.Count == 0, shipments.Count == 0, stuck, orders, [.. stock.Concat(money).Concat(shipments).Take(MostDetails)]);
    }

    private static bool WasSold(OrderSummary order) => order.State is OrderState.Completed or OrderState.Refunded;

    private async Task<List<string>> MoneyAsync(List<OrderSummary> orders, CancellationToken cancellationToken)
    {
        var ids = orders.ConvertAll(order => order.OrderId);
        var ours = (await payments.ViewAsync(ids, cancellationToken)).ToDictionary(view => view.OrderId);
        var theirs = (await partners.ProviderAsync(ids, cancellationToken)).ToDictionary(book => book.Reference);
        var differences = new List<string>();
        foreach (var order in orders)
        {
            var expected = (Held: 0m, Captured: WasSold(order) ? order.Amount ?? 0 : 0, order.Refunded);
            var believed = ours.TryGetValue(order.OrderId, out var view) ? (view.Held, view.Captured, view.Refunded) : (0, 0, 0);
            var booked = theirs.TryGetValue(order.OrderId, out var book) ? (book.Held, book.Captured, book.Refunded) : (0, 0, 0);
            if (expected != believed || believed != booked)
            {
                differences.Add($"money of {order.OrderId} ({order.Style}, {order.State}): Ordering {expected}, Payments {believed}, provider {booked}");
            }
        }

        return differences;
    }

    private async Task<List<string>> ShipmentsAsync(List<OrderSummary> orders, CancellationToken cancellationToken)
    {
        var ids = orders.ConvertAll(order => order.OrderId);
        var ours = (await shipping.ViewAsync(ids, cancellationToken)).ToDictionary(view => view.OrderId, view => view.Booked);
        var theirs = (await partners.CarrierAsync(ids, cancellationToken)).ToDictionary(book => book.Reference, book => book.Booked);
        return
        [
            .. orders
                .Select(order => (Order: order, Expected: WasSold(order), Believed: ours.GetValueOrDefault(order.OrderId), Booked: theirs.GetValueOrDefault(order.OrderId)))
                .Where(row => row.Expected != row.Believed || row.Believed != row.Booked)
                .Select(row => $"shipment of {row.Order.OrderId} ({row.Order.Style}, {row.Order.State}): Ordering {row.Expected}, Shipping {row.Believed}, carrier {row.Booked}"),
        ];
    }

    /// <summary>Pieces are never made or lost; once every order has ended, nothing is reserved and what was shipped is what customers have.</summary>
    private async Task<List<string>> StockAsync(Dictionary<string, int> kept, bool allEnded, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        foreach (var level in await inventory.AllAsync(cancellationToken))
        {
            if (level.OnHand + level.Reserved + level.Shipped != level.Opening || level.OnHand < 0 || level.Reserved < 0 || level.Shipped < 0)
            {
                differences.Add($"stock of {level.Sku} does not add up: {level}");
            }
            else if (allEnded && (level.Reserved != 0 || level.Shipped != kept.GetValueOrDefault(level.Sku)))
            {
                differences.Add($"stock of {level.Sku}: {level.Reserved} reserved for nobody, {level.Shipped} shipped, customers have {kept.GetValueOrDefault(level.Sku)}");
            }
        }

        return differences;
    }
}
