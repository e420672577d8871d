using Ordering.Contracts;

namespace Inventory.Contracts;

/// <summary>Opening stock of one product. Saying it twice changes nothing.</summary>
/// <param name="Sku">The product's code.</param>
/// <param name="Quantity">Pieces on hand before the first order.</param>
public sealed record OpeningStock(string Sku, int Quantity);

/// <summary>Stock of one product. <c>OnHand + Reserved + Shipped</c> is always <c>Opening</c>.</summary>
public sealed record StockLevel(string Sku, int Opening, int OnHand, int Reserved, int Shipped);

/// <summary>Holds stock for an order: all lines or none.</summary>
public sealed record ReserveStock(CoordinationStyle Style, decimal Amount, IReadOnlyList<OrderLine> Lines);

/// <summary>Whether the stock is held.</summary>
public sealed record ReservationAnswer(bool Reserved, Failure? Failure);

/// <summary>Gives back what is held, and refuses what may come later.</summary>
public sealed record ReleaseStock(CoordinationStyle Style, Failure Failure);

/// <summary>What was held leaves the house.</summary>
public sealed record ShipStock(CoordinationStyle Style);

/// <summary>Puts returned lines on the shelf.</summary>
public sealed record RestockReturn(CoordinationStyle Style, string ReturnId, IReadOnlyList<OrderLine> Lines);
