using System.Text.Json.Serialization;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults;

namespace Payments.Domain;

/// <summary>Where an order's money is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentState>))]
public enum PaymentState
{
    /// <summary>Nothing was asked of the provider.</summary>
    Open,
    CreditRefused,
    Declined,

    /// <summary>The provider holds the amount.</summary>
    Authorized,

    /// <summary>The pivot is passed: the provider is being asked for the money. No cancellation can stop it any more.</summary>
    Capturing,
    Captured,
    CaptureFailed,

    /// <summary>The provider holds nothing, and nothing will be asked of it: also the mark of a void that came before its authorization.</summary>
    Voided,
}

/// <summary>The money of one order. Capture is the pivot of the whole order, and this record is where it is decided: a cancellation that gets in before it leaves <see cref="Stopped"/>.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="State">Where the money is.</param>
/// <param name="Amount">Pounds sterling.</param>
/// <param name="Stopped">Why nothing more may be authorized or captured; null while it may.</param>
/// <param name="Failure">Why the credit or the payment was refused.</param>
/// <param name="Refunds">Paid back, one entry for each return.</param>
public sealed record Payment(string OrderId, PaymentState State, decimal Amount, Failure? Stopped, Failure? Failure, IReadOnlyList<Refund> Refunds)
{
    private static Decision<Payment> Nothing => Decision.Nothing;

    /// <summary>A cancellation came after the pivot. It is kept so that it is said once, however often the wish comes.</summary>
    public bool CancelledTooLate { get; init; }

    /// <summary>Pounds sterling paid back.</summary>
    [JsonIgnore]
    public decimal Refunded => Refunds.Sum(refund => refund.Amount);

    public static Decision<Payment> CheckCredit(Payment? payment, OrderDetails order, decimal amount, CreditPolicy policy)
    {
        if (payment is not null)
        {
            return Nothing;
        }

        return policy.Refuse(order.CustomerId, amount) is { } failure
            ? new(New(order.OrderId, PaymentState.CreditRefused, amount) with { Failure = failure }, new CreditRefused(order.OrderId, order.Style, failure))
            : new(New(order.OrderId, PaymentState.Open, amount), new CreditApproved(order, amount));
    }

    /// <summary>Whether the provider is to be asked for an authorization.</summary>
    public static bool MayAuthorize(Payment? payment) => payment is null or { State: PaymentState.Open, Stopped: null };

    /// <summary>The provider answered. If the payment was stopped meanwhile, the void that follows takes the authorization back.</summary>
    public static Decision<Payment> Authorized(Payment? payment, string orderId, AuthorizePayment command, Failure? declined)
    {
        if (!MayAuthorize(payment))
        {
            return Nothing;
        }

        var current = (payment ?? New(orderId, PaymentState.Open, command.Terms.Amount)) with { Amount = command.Terms.Amount };
        return declined is null
            ? new(current with { State = PaymentState.Authorized }, new PaymentAuthorized(orderId, command.Style, command.Terms))
            : new(current with { State = PaymentState.Declined, Failure = declined }, new PaymentDeclined(orderId, command.Style, declined));
    }

    /// <summary>Passes the pivot: from now on a cancellation is too late, and only the provider can still say no.</summary>
    public static Decision<Payment> BeginCapture(Payment? payment, string orderId) => payment switch
    {
        null or { State: PaymentState.Open, Stopped: null } => throw new MissingDependencyException($"order {orderId} has no authorized payment yet"),
        { State: PaymentState.Authorized, Stopped: null } => new(payment with { State = PaymentState.Capturing }),
        _ => Nothing,
    };

    /// <summary>The provider answered.</summary>
    public static Decision<Payment> Captured(Payment? payment, string orderId, CoordinationStyle style, Failure? refused)
    {
        if (payment is not { State: PaymentState.Capturing })
        {
            return Nothing;
        }

        return refused is null
            ? new(payment with { State = PaymentState.Captured }, new PaymentCaptured(orderId, style, payment.Amount))
            : new(payment with { State = PaymentState.CaptureFailed, Stopped = refused, Failure = refused }, new CaptureFailed(orderId, style, refused));
    }

    /// <summary>A cancellation: before the pivot it wins and leaves its mark, after the pivot it is too late.</summary>
    public static Decision<Payment> Stop(Payment? payment, string orderId, CoordinationStyle style, Failure failure) => payment switch
    {
        null => new(New(orderId, PaymentState.Open, 0) with { Stopped = failure }, new PaymentStopped(orderId, style, failure)),
        { State: PaymentState.Open or PaymentState.Authorized, Stopped: null } => new(payment with { Stopped = failure }, new PaymentStopped(orderId, style, failure)),
        { State: PaymentState.Capturing or PaymentState.Captured, CancelledTooLate: false } => new(payment with { CancelledTooLate = true }, new CancellationTooLate(orderId, style)),

        // Stopped or found too late already, or failed by itself: the compensation that undoes the order is under way.
        _ => Nothing,
    };

    /// <summary>The first half of a void: nothing more may be authorized or captured while the provider is asked to let go.</summary>
    public static Decision<Payment> BeginVoid(Payment? payment, string orderId, Failure failure) => payment switch
    {
        null => new(New(orderId, PaymentState.Open, 0) with { Stopped = failure }),
        { Stopped: null, State: PaymentState.Open or PaymentState.Authorized } => new(payment with { Stopped = failure }),
        _ => Nothing,
    };

    /// <summary>Whether the provider may still hold something that is to be let go.</summary>
    public static bool NeedsVoid(Payment? payment) => payment is { State: PaymentState.Open or PaymentState.Authorized or PaymentState.CaptureFailed };

    /// <summary>The provider let go.</summary>
    public static Decision<Payment> Voided(Payment? payment, string orderId, VoidPayment command) => NeedsVoid(payment)
        ? new(payment! with { State = PaymentState.Voided }, new PaymentVoided(orderId, command.Style, command.Failure))
        : Nothing;

    /// <summary>Whether a return is to be paid back now.</summary>
    public static bool NeedsRefund(Payment? payment, string orderId, RefundPayment command)
    {
        if (payment is not { State: PaymentState.Captured })
        {
            throw payment is null or { State: PaymentState.Open or PaymentState.Authorized or PaymentState.Capturing }
                ? new MissingDependencyException($"the payment of order {orderId} is not captured yet")
                : new ImpossibleRequestException($"the payment of order {orderId} was never captured: it is {payment.State}");
        }

        if (payment.Refunds.Any(refund => refund.ReturnId == command.ReturnId))
        {
            return false;
        }

        return payment.Refunded + command.Amount <= payment.Amount
            ? true
            : throw new ImpossibleRequestException($"£{command.Amount} cannot be paid back: order {orderId} cost £{payment.Amount} and £{payment.Refunded} went back already");
    }

    /// <summary>The provider paid back.</summary>
    public static Decision<Payment> PaidBack(Payment? payment, string orderId, RefundPayment command) => NeedsRefund(payment, orderId, command)
        ? new(
            payment! with { Refunds = [.. payment.Refunds, new Refund(command.ReturnId, command.Amount)] },
            new PaymentRefunded(orderId, command.Style, command.ReturnId, command.Amount, command.Lines))
        : Nothing;

    /// <summary>What the provider's books should say.</summary>
    public MoneyView ToView() => new(
        OrderId,
        State is PaymentState.Authorized or PaymentState.Capturing or PaymentState.CaptureFailed ? Amount : 0,
        State is PaymentState.Captured ? Amount : 0,
        Refunded);

    private static Payment New(string orderId, PaymentState state, decimal amount) => new(orderId, state, amount, null, null, []);
}

/// <summary>Paid back for one return.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="Amount">Pounds sterling.</param>
public sealed record Refund(string ReturnId, decimal Amount);
