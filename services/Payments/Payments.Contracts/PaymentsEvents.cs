using Ordering.Contracts;

namespace Payments.Contracts;

/// <summary>What Payments publishes, on the topic <see cref="Topic"/>.</summary>
public static class PaymentsEvents
{
    public const string Topic = "payments";

    /// <summary>CloudEvent type and record of every event on the topic.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["payments.credit-approved.v1"] = typeof(CreditApproved),
        ["payments.credit-refused.v1"] = typeof(CreditRefused),
        ["payments.payment-authorized.v1"] = typeof(PaymentAuthorized),
        ["payments.payment-declined.v1"] = typeof(PaymentDeclined),
        ["payments.payment-captured.v1"] = typeof(PaymentCaptured),
        ["payments.capture-failed.v1"] = typeof(CaptureFailed),
        ["payments.payment-stopped.v1"] = typeof(PaymentStopped),
        ["payments.cancellation-too-late.v1"] = typeof(CancellationTooLate),
        ["payments.payment-voided.v1"] = typeof(PaymentVoided),
        ["payments.payment-refunded.v1"] = typeof(PaymentRefunded),
    };
}

/// <summary>The customer may owe this much.</summary>
public sealed record CreditApproved(OrderDetails Order, decimal Amount) : IOrderEvent
{
    public string OrderId => Order.OrderId;

    public CoordinationStyle Style => Order.Style;
}

public sealed record CreditRefused(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>The provider holds the amount for us.</summary>
public sealed record PaymentAuthorized(string OrderId, CoordinationStyle Style, OrderTerms Terms) : IOrderEvent;

public sealed record PaymentDeclined(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>The money is ours: from here the order goes only forward.</summary>
public sealed record PaymentCaptured(string OrderId, CoordinationStyle Style, decimal Amount) : IOrderEvent;

public sealed record CaptureFailed(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>A cancellation came before the capture: no later authorization or capture will be accepted.</summary>
public sealed record PaymentStopped(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>A cancellation came after the capture: the order completes and is refunded then.</summary>
public sealed record CancellationTooLate(string OrderId, CoordinationStyle Style) : IOrderEvent;

/// <summary>The provider holds nothing for the order any more.</summary>
public sealed record PaymentVoided(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent, ICompensation;

/// <summary>The amount of one return was paid back.</summary>
public sealed record PaymentRefunded(string OrderId, CoordinationStyle Style, string ReturnId, decimal Amount, IReadOnlyList<OrderLine> Lines) : IOrderEvent
{
    public string EventId => $"{OrderId}:{nameof(PaymentRefunded)}:{ReturnId}";
}
