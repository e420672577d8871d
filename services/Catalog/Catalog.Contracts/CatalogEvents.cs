using Ordering.Contracts;

namespace Catalog.Contracts;

/// <summary>What Catalog publishes, on the topic <see cref="Topic"/>.</summary>
public static class CatalogEvents
{
    public const string Topic = "catalog";

    /// <summary>CloudEvent type and record of every event on the topic.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["catalog.order-priced.v1"] = typeof(OrderPriced),
        ["catalog.pricing-failed.v1"] = typeof(PricingFailed),
    };
}

/// <summary>Every line has a price.</summary>
public sealed record OrderPriced(OrderDetails Order, IReadOnlyList<PricedLine> Lines, decimal Total) : IOrderEvent
{
    public string OrderId => Order.OrderId;

    public CoordinationStyle Style => Order.Style;
}

/// <summary>The catalogue does not know a product of the order.</summary>
public sealed record PricingFailed(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;
