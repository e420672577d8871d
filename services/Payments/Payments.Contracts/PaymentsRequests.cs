using Ordering.Contracts;

namespace Payments.Contracts;

/// <summary>May this customer owe this much?</summary>
public sealed record CheckCredit(OrderDetails Order, decimal Amount);

/// <summary>Yes, or why not.</summary>
public sealed record PaymentAnswer(bool Accepted, Failure? Failure);

/// <summary>Has the provider hold the amount.</summary>
public sealed record AuthorizePayment(CoordinationStyle Style, OrderTerms Terms);

/// <summary>Takes the amount that the provider holds.</summary>
public sealed record CapturePayment(CoordinationStyle Style);

/// <summary>Lets go of what the provider holds, and refuses what may come later.</summary>
public sealed record VoidPayment(CoordinationStyle Style, Failure Failure);

/// <summary>Pays back the amount of one return.</summary>
public sealed record RefundPayment(CoordinationStyle Style, string ReturnId, decimal Amount, IReadOnlyList<OrderLine> Lines);

/// <summary>What Payments believes about one order's money, to be compared with the provider's books.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Held">Pounds sterling authorized and neither captured nor voided.</param>
/// <param name="Captured">Pounds sterling taken.</param>
/// <param name="Refunded">Pounds sterling paid back.</param>
public sealed record MoneyView(string OrderId, decimal Held, decimal Captured, decimal Refunded);
