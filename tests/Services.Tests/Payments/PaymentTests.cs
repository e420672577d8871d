using Ordering.Contracts;
using Payments.Contracts;
using Payments.Domain;
using ServiceDefaults;

namespace Services.Tests.Payments;

/// <summary>Where an order's money is: the pivot, the marks that early compensations leave, and repeats.</summary>
public sealed class PaymentTests
{
    private const CoordinationStyle Style = CoordinationStyle.Choreographed;
    private static readonly CreditPolicy _policy = new(1_000);
    private static readonly AuthorizePayment _authorize = new(Style, Some.Terms());
    private static readonly VoidPayment _void = new(Style, Some.Cancelled);

    [Fact]
    public void A_customer_within_the_limit_gets_credit()
    {
        var decision = Payment.CheckCredit(null, Some.Order(), 20, _policy);

        Assert.IsType<CreditApproved>(Assert.Single(decision.Events));
        Assert.Equal(PaymentState.Open, decision.State!.State);
    }

    [Theory]
    [InlineData("BLOCKED-1", 20)]
    [InlineData("17850", 1_000.01)]
    public void A_blocked_customer_or_too_large_an_amount_gets_none(string customer, decimal amount)
    {
        var decision = Payment.CheckCredit(null, Some.Order() with { CustomerId = customer }, amount, _policy);

        Assert.Equal(FailureCodes.CreditRefused, Assert.IsType<CreditRefused>(Assert.Single(decision.Events)).Failure.Code);
    }

    [Fact]
    public void A_repeated_credit_check_says_nothing_again() => Silent(Payment.CheckCredit(Open(), Some.Order(), 20, _policy));

    [Fact]
    public void An_authorization_is_recorded_once()
    {
        var decision = Payment.Authorized(Open(), "ord-1", _authorize, declined: null);

        Assert.IsType<PaymentAuthorized>(Assert.Single(decision.Events));
        Silent(Payment.Authorized(decision.State, "ord-1", _authorize, declined: null));
    }

    [Fact]
    public void A_declined_payment_fails_the_order()
    {
        var decision = Payment.Authorized(Open(), "ord-1", _authorize, Some.Declined);

        Assert.Equal(Some.Declined, Assert.IsType<PaymentDeclined>(Assert.Single(decision.Events)).Failure);
        Assert.False(Payment.NeedsVoid(decision.State));
    }

    [Fact]
    public void A_cancellation_before_the_authorization_leaves_a_mark_that_refuses_it()
    {
        var stopped = Payment.Stop(null, "ord-1", Style, Some.Cancelled);

        Assert.IsType<PaymentStopped>(Assert.Single(stopped.Events));
        Assert.False(Payment.MayAuthorize(stopped.State));
        Silent(Payment.Authorized(stopped.State, "ord-1", _authorize, declined: null));
        Silent(Payment.CheckCredit(stopped.State, Some.Order(), 20, _policy));
    }

    [Fact]
    public void A_cancellation_between_authorization_and_capture_wins()
    {
        var stopped = Payment.Stop(Authorized(), "ord-1", Style, Some.Cancelled);

        Assert.IsType<PaymentStopped>(Assert.Single(stopped.Events));
        Silent(Payment.BeginCapture(stopped.State, "ord-1"));
        Assert.NotEqual(PaymentState.Capturing, (Payment.BeginCapture(stopped.State, "ord-1").State ?? stopped.State)!.State);
    }

    [Theory]
    [InlineData(PaymentState.Capturing)]
    [InlineData(PaymentState.Captured)]
    public void A_cancellation_after_the_pivot_is_too_late_and_changes_nothing(PaymentState state)
    {
        var decision = Payment.Stop(Authorized() with { State = state }, "ord-1", Style, Some.Cancelled);

        Assert.IsType<CancellationTooLate>(Assert.Single(decision.Events));
        Assert.Equal(state, decision.State!.State);
        Assert.Null(decision.State.Stopped);

        // The same wish again, also when the inbox has forgotten the first: it was said already.
        Silent(Payment.Stop(decision.State, "ord-1", Style, Some.Cancelled));
        Silent(Payment.BeginVoid(Authorized() with { State = state }, "ord-1", Some.Cancelled));
        Assert.False(Payment.NeedsVoid(Authorized() with { State = state }));
    }

    [Fact]
    public void A_refused_capture_stops_the_payment_and_leaves_the_authorization_to_be_voided()
    {
        var refused = new Failure(FailureCodes.CaptureFailed, "no", FailedEnd.Rejected);
        var capturing = Payment.BeginCapture(Authorized(), "ord-1").State;

        var decision = Payment.Captured(capturing, "ord-1", Style, refused);

        Assert.Equal(refused, Assert.IsType<CaptureFailed>(Assert.Single(decision.Events)).Failure);
        Assert.True(Payment.NeedsVoid(decision.State));
        Assert.IsType<PaymentVoided>(Assert.Single(Payment.Voided(decision.State, "ord-1", _void).Events));
    }

    [Fact]
    public void A_void_before_anything_else_leaves_a_mark()
    {
        var begun = Payment.BeginVoid(null, "ord-1", Some.Cancelled).State;
        var decision = Payment.Voided(begun, "ord-1", _void);

        Assert.Equal(PaymentState.Voided, decision.State!.State);
        Assert.IsType<PaymentVoided>(Assert.Single(decision.Events));
        Assert.False(Payment.MayAuthorize(decision.State));
        Silent(Payment.Voided(decision.State, "ord-1", _void));
    }

    [Fact]
    public void A_capture_before_its_authorization_has_to_come_again() =>
        Assert.Throws<MissingDependencyException>(() => Payment.BeginCapture(Open(), "ord-1"));

    [Fact]
    public void A_refund_is_paid_once_for_each_return()
    {
        var command = new RefundPayment(Style, "ret-1", 5, []);
        var paid = Payment.PaidBack(Captured(), "ord-1", command);

        Assert.Equal(5, paid.State!.Refunded);
        Assert.False(Payment.NeedsRefund(paid.State, "ord-1", command));
        Assert.True(Payment.NeedsRefund(paid.State, "ord-1", command with { ReturnId = "ret-2" }));
    }

    [Fact]
    public void More_than_the_order_cost_is_never_paid_back() =>
        Assert.Throws<ImpossibleRequestException>(() => Payment.NeedsRefund(Captured(), "ord-1", new RefundPayment(Style, "ret-1", 20.01m, [])));

    private static Payment Open() => Payment.CheckCredit(null, Some.Order(), 20, _policy).State!;

    private static Payment Authorized() => Payment.Authorized(Open(), "ord-1", _authorize, declined: null).State!;

    private static Payment Captured() => Payment.Captured(Payment.BeginCapture(Authorized(), "ord-1").State, "ord-1", Style, refused: null).State!;

    private static void Silent(Decision<Payment> decision) => Assert.Empty(decision.Events ?? []);
}
