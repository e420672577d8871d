using Catalog.Contracts;
using Catalog.Domain;
using Ordering.Contracts;
using ServiceDefaults.State;

namespace Catalog;

/// <summary>Gives orders their prices.</summary>
public sealed class OrderPricing(UnitOfWork work, Products products)
{
    public async Task<PricingAnswer> PriceAsync(OrderDetails order, Origin origin, CancellationToken cancellationToken)
    {
        var known = await products.FindAsync(order.Lines.Select(line => line.Sku), cancellationToken);
        var key = $"pricing-{order.OrderId}";
        var pricing = await work.RunAsync(new Work(order.OrderId, origin, key), changes => changes.Apply(key, Pricing.Price(changes.Get<Pricing>(key), order, known)), cancellationToken);
        return new PricingAnswer(pricing!.Lines, pricing.Total, pricing.Failure);
    }
}
