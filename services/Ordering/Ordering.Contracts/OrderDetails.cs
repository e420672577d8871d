namespace Ordering.Contracts;

/// <summary>What the customer asked for; it never changes after the order is submitted.</summary>
/// <param name="OrderId">Id of the order, the partition key of everything that is published about it.</param>
/// <param name="Style">Who drives the order.</param>
/// <param name="CustomerId">The customer's reference.</param>
/// <param name="PaymentMethod">A token of the payment provider, such as <c>card</c>; the simulator's switches are tokens too.</param>
/// <param name="ShipTo">Where the parcel goes.</param>
/// <param name="Lines">At least one line; the same product may appear more than once.</param>
public sealed record OrderDetails(
    string OrderId,
    CoordinationStyle Style,
    string CustomerId,
    string PaymentMethod,
    Address ShipTo,
    IReadOnlyList<OrderLine> Lines);

/// <summary>A postal address.</summary>
public sealed record Address(string Name, string Street, string City, string Postcode, string Country);

/// <summary>So many pieces of one product.</summary>
/// <param name="Sku">The product's code in the catalogue.</param>
/// <param name="Quantity">Pieces, at least one.</param>
public sealed record OrderLine(string Sku, int Quantity);

/// <summary>An order line with the price it was given.</summary>
/// <param name="Sku">The product's code in the catalogue.</param>
/// <param name="Quantity">Pieces, at least one.</param>
/// <param name="UnitPrice">Pounds sterling for one piece.</param>
public sealed record PricedLine(string Sku, int Quantity, decimal UnitPrice)
{
    /// <summary>Pounds sterling for the line.</summary>
    public decimal Amount => UnitPrice * Quantity;
}
