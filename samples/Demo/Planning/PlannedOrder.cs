using Ordering.Contracts;

namespace Demo.Planning;

/// <summary>An order that will be submitted.</summary>
/// <param name="Number">Zero-based; with the run's name it makes the idempotency key.</param>
/// <param name="Style">Who drives it.</param>
/// <param name="Fate">What is made to happen to it.</param>
/// <param name="Customer">Customer number of the data, behind a prefix where the account is blocked.</param>
/// <param name="PaymentMethod">Token of the payment provider.</param>
/// <param name="ShipTo">Address; the data has only the country.</param>
/// <param name="Lines">What is ordered.</param>
/// <param name="Returns">What comes back afterwards; empty for everything when the fate says so.</param>
public sealed record PlannedOrder(
    int Number,
    CoordinationStyle Style,
    Fate Fate,
    string Customer,
    string PaymentMethod,
    Address ShipTo,
    IReadOnlyList<OrderLine> Lines,
    IReadOnlyList<OrderLine> Returns);
