using Catalog.Contracts;
using Ordering.Contracts;
using ServiceDefaults;

namespace Catalog.Domain;

/// <summary>The price an order was given. It stands, whatever the catalogue says later.</summary>
public sealed record Pricing(string OrderId, IReadOnlyList<PricedLine>? Lines, decimal Total, Failure? Failure)
{
    /// <summary>Prices every line, or says which product is unknown.</summary>
    public static Decision<Pricing> Price(Pricing? pricing, OrderDetails order, IReadOnlyDictionary<string, Product> products)
    {
        if (pricing is not null)
        {
            return Decision.Nothing;
        }

        if (order.Lines.FirstOrDefault(line => !products.ContainsKey(line.Sku)) is { } unknown)
        {
            var failure = new Failure(FailureCodes.UnknownProduct, $"The catalogue has no product '{unknown.Sku}'.", FailedEnd.Rejected);
            return new(new Pricing(order.OrderId, null, 0, failure), new PricingFailed(order.OrderId, order.Style, failure));
        }

        var lines = order.Lines.Select(line => new PricedLine(line.Sku, line.Quantity, products[line.Sku].UnitPrice)).ToList();
        var total = decimal.Round(lines.Sum(line => line.Amount), 2);
        return new(new Pricing(order.OrderId, lines, total, null), new OrderPriced(order, lines, total));
    }
}
