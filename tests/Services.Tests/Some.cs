using Ordering.Contracts;

namespace Services.Tests;

/// <summary>Things that tests need one of.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    public static readonly Failure Cancelled = new(FailureCodes.CancelledByCustomer, "Cancelled by Ada.", FailedEnd.Cancelled);
    public static readonly Failure Declined = new(FailureCodes.PaymentDeclined, "The payment was declined.", FailedEnd.Rejected);
    public static readonly Address Address = new("Ada", "1 High Street", "London", "N1 1AA", "United Kingdom");

    public static OrderDetails Order(string id = "ord-1", params OrderLine[] lines) =>
        new(id, CoordinationStyle.Choreographed, "17850", "card", Address, lines.Length > 0 ? lines : [new OrderLine("85123A", 6), new OrderLine("71053", 2)]);

    public static OrderTerms Terms(decimal amount = 20) => new("17850", amount, "card", Address, 8);
}
