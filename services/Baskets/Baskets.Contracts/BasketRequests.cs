using Ordering.Contracts;

namespace Baskets.Contracts;

/// <summary>A customer's basket.</summary>
/// <param name="CustomerId">The customer's reference.</param>
/// <param name="Items">In the order in which they were put in.</param>
/// <param name="CheckingOut">The order that it is becoming; null when it can be changed.</param>
public sealed record BasketView(string CustomerId, IReadOnlyList<BasketItem> Items, string? CheckingOut)
{
    /// <summary>Pounds sterling. The order is priced anew.</summary>
    public decimal Total => Items.Sum(item => item.Amount);
}

/// <summary>So many pieces of one product.</summary>
/// <param name="Sku">The product's code in the catalogue.</param>
/// <param name="Description">What it is.</param>
/// <param name="Quantity">Pieces, at least one.</param>
/// <param name="UnitPrice">Pounds sterling for one piece, when it was put in.</param>
public sealed record BasketItem(string Sku, string Description, int Quantity, decimal UnitPrice)
{
    /// <summary>Pounds sterling.</summary>
    public decimal Amount => UnitPrice * Quantity;
}

/// <summary>Puts so many pieces of a product in, however many there were.</summary>
public sealed record PutItem(int Quantity);

/// <summary>Makes the basket an order.</summary>
/// <param name="OrderId">Id of the order, chosen by the caller: a repeat is the same order.</param>
/// <param name="Style">Who drives the order.</param>
/// <param name="PaymentMethod">A token of the payment provider.</param>
/// <param name="ShipTo">Where the parcel goes.</param>
public sealed record CheckOutBasket(string OrderId, CoordinationStyle Style, string PaymentMethod, Address ShipTo);

/// <summary>The basket is an order now, or will be as soon as Ordering answers.</summary>
public sealed record CheckedOut(string OrderId);
