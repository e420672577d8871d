using System.Text.Json.Serialization;

namespace Ordering.Contracts;

/// <summary>Why an order cannot go on, and what it will end as. It travels with every compensation.</summary>
/// <param name="Code">One of <see cref="FailureCodes"/>.</param>
/// <param name="Detail">One sentence for the customer.</param>
/// <param name="EndsAs">What the order is once everything is undone.</param>
public sealed record Failure(string Code, string Detail, FailedEnd EndsAs);

/// <summary>How an order that did not complete ends.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailedEnd>))]
public enum FailedEnd
{
    /// <summary>The business said no.</summary>
    Rejected,

    /// <summary>The customer changed their mind in time.</summary>
    Cancelled,
}

/// <summary>The reasons an order may fail for.</summary>
public static class FailureCodes
{
    public const string UnknownProduct = "unknown-product";
    public const string CreditRefused = "credit-refused";
    public const string NotEnoughStock = "not-enough-stock";
    public const string ApprovalExpired = "approval-expired";
    public const string PaymentDeclined = "payment-declined";
    public const string ShipmentRefused = "shipment-refused";
    public const string CaptureFailed = "capture-failed";
    public const string CancelledByCustomer = "cancelled-by-customer";
}
