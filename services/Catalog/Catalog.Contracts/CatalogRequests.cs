using Ordering.Contracts;

namespace Catalog.Contracts;

/// <summary>A product.</summary>
/// <param name="Sku">Its code.</param>
/// <param name="Description">What it is.</param>
/// <param name="UnitPrice">Pounds sterling for one piece.</param>
public sealed record Product(string Sku, string Description, decimal UnitPrice);

/// <summary>Asks for the price of an order.</summary>
public sealed record PriceOrder(OrderDetails Order);

/// <summary>A price, or why there is none.</summary>
public sealed record PricingAnswer(IReadOnlyList<PricedLine>? Lines, decimal Total, Failure? Failure);
