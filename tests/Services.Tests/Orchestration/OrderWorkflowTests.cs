using Catalog.Contracts;
using Inventory.Contracts;
using Ordering.Contracts;
using OrderSaga;
using Payments.Contracts;
using Shipping.Contracts;

namespace Services.Tests.Orchestration;

/// <summary>The saga: its steps in order, and on every failure the compensations of the done steps in reverse.</summary>
public sealed class OrderWorkflowTests
{
    private static readonly Failure _failure = new("a-reason", "A reason.", FailedEnd.Rejected);
    private static readonly CancellationRequested _cancellation = new("ord-1", CoordinationStyle.Orchestrated, "Ada", Some.Cancelled);

    private static readonly string[] _toTheGate = ["PriceOrderActivity", "CheckCreditActivity", "ReserveStockActivity", "RequestApprovalActivity"];
    private static readonly string[] _toTheBooking = [.. _toTheGate, "AuthorizePaymentActivity", "BookShipmentActivity"];

    [Fact]
    public async Task Every_step_is_taken_once_when_all_is_well()
    {
        var context = AllWell();

        Assert.Equal(OrderState.Completed, await RunAsync(context));
        Assert.Equal([.. _toTheBooking, "CapturePaymentActivity", "ShipStockActivity", "CompleteOrderActivity"], context.Calls);
    }

    public static TheoryData<string, object, string[]> Failures() => new()
    {
        { "PriceOrderActivity", new PricingAnswer(null, 0, _failure), [] },
        { "CheckCreditActivity", new PaymentAnswer(false, _failure), [] },
        { "ReserveStockActivity", new ReservationAnswer(false, _failure), [] },
        { "AuthorizePaymentActivity", new PaymentAnswer(false, _failure), ["ReleaseStockActivity"] },
        { "BookShipmentActivity", new ShipmentAnswer(null, _failure), ["VoidPaymentActivity", "ReleaseStockActivity"] },
        { "CapturePaymentActivity", new PaymentAnswer(false, _failure), ["CancelShipmentActivity", "VoidPaymentActivity", "ReleaseStockActivity"] },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failing_step_undoes_the_done_ones_in_reverse(string step, object answer, string[] undone)
    {
        var context = AllWell().Answer(step, () => answer);

        Assert.Equal(OrderState.Rejected, await RunAsync(context));
        Assert.Equal([step, .. undone, "EndOrderActivity"], context.Calls[context.Calls.IndexOf(step)..]);
    }

    [Fact]
    public async Task A_large_order_goes_on_when_it_is_approved()
    {
        var context = Large();
        var run = RunAsync(context);
        Assert.False(run.IsCompleted);

        context.Raise(OrderWorkflow.ApprovedEvent, new OrderApproved("ord-1", CoordinationStyle.Orchestrated, Some.Terms(), "Grace"));

        Assert.Equal(OrderState.Completed, await run);
    }

    [Fact]
    public async Task An_approval_before_the_wait_is_not_lost()
    {
        var context = Large();
        context.Raise(OrderWorkflow.ApprovedEvent, new OrderApproved("ord-1", CoordinationStyle.Orchestrated, Some.Terms(), "Grace"));

        Assert.Equal(OrderState.Completed, await RunAsync(context));
    }

    [Fact]
    public async Task The_deadline_rejects_a_large_order_and_gives_its_stock_back()
    {
        var context = Large().Answer("ExpireApprovalActivity", () => new ApprovalAnswer(ApprovalStatus.Expired, Some.Time));
        var run = RunAsync(context);

        context.PassDeadline();

        Assert.Equal(OrderState.Rejected, await run);
        Assert.Equal([.. _toTheGate, "ExpireApprovalActivity", "ReleaseStockActivity", "EndOrderActivity"], context.Calls);
    }

    [Fact]
    public async Task An_approval_that_Ordering_recorded_before_the_deadline_counts()
    {
        var context = Large().Answer("ExpireApprovalActivity", () => new ApprovalAnswer(ApprovalStatus.Approved, Some.Time));
        var run = RunAsync(context);

        context.PassDeadline();

        Assert.Equal(OrderState.Completed, await run);
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_for_approval()
    {
        var context = Large();
        var run = RunAsync(context);

        context.Raise(OrderWorkflow.CancelEvent, _cancellation);

        await run;
        Assert.Equal([.. _toTheGate, "ReleaseStockActivity", "EndOrderActivity"], context.Calls);
    }

    [Fact]
    public async Task A_cancellation_before_the_capture_wins()
    {
        var context = AllWell();
        context.Answer("BookShipmentActivity", () =>
        {
            context.Raise(OrderWorkflow.CancelEvent, _cancellation);
            return new ShipmentAnswer("TRK1", null);
        });

        await RunAsync(context);

        Assert.Equal([.. _toTheBooking, "CancelShipmentActivity", "VoidPaymentActivity", "ReleaseStockActivity", "EndOrderActivity"], context.Calls);
    }

    [Fact]
    public async Task A_cancellation_after_the_capture_undoes_nothing()
    {
        var context = AllWell();
        context.Answer("CapturePaymentActivity", () =>
        {
            context.Raise(OrderWorkflow.CancelEvent, _cancellation);
            return new PaymentAnswer(true, null);
        });

        Assert.Equal(OrderState.Completed, await RunAsync(context));
        Assert.Equal(["ShipStockActivity", "CompleteOrderActivity"], context.Calls[^2..]);
    }

    private static Task<OrderState> RunAsync(ScriptedContext context) =>
        new OrderWorkflow().RunAsync(context, Some.Order() with { Style = CoordinationStyle.Orchestrated });

    private static ScriptedContext Large() =>
        AllWell().Answer("RequestApprovalActivity", () => new ApprovalAnswer(ApprovalStatus.Waiting, Some.Time.AddMinutes(15)));

    private static ScriptedContext AllWell() => new ScriptedContext()
        .Answer("PriceOrderActivity", () => new PricingAnswer([new PricedLine("85123A", 6, 2.5m), new PricedLine("71053", 2, 2.5m)], 20, null))
        .Answer("CheckCreditActivity", () => new PaymentAnswer(true, null))
        .Answer("ReserveStockActivity", () => new ReservationAnswer(true, null))
        .Answer("RequestApprovalActivity", () => new ApprovalAnswer(ApprovalStatus.Approved, null))
        .Answer("AuthorizePaymentActivity", () => new PaymentAnswer(true, null))
        .Answer("BookShipmentActivity", () => new ShipmentAnswer("TRK1", null))
        .Answer("CapturePaymentActivity", () => new PaymentAnswer(true, null))
        .Answer("VoidPaymentActivity", () => new PaymentAnswer(true, null))
        .Answer("CompleteOrderActivity", () => OrderState.Completed)
        .Answer("EndOrderActivity", () => OrderState.Rejected);
}
