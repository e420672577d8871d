using Conformance;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>Scenarios 1 to 7: how an order ends.</summary>
public abstract partial class Scenarios
{
    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S01_An_order_for_which_all_goes_well_completes_and_moves_stock_and_money_once(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(12.50m, 10);

        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 3)));
        var ended = await Shop.EndsAsync(order.OrderId);

        Assert.Equal(OrderState.Completed, ended.State);
        Assert.Equal(37.50m, ended.Amount);
        await SoldOnceAsync(order.OrderId, sku, 3, 37.50m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S02_An_order_for_more_than_the_stock_is_rejected_and_holds_nothing(CoordinationStyle style)
    {
        var scarce = await Shop.ProductAsync(5m, 2);
        var plenty = await Shop.ProductAsync(5m, 100);

        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(plenty, 1), new OrderLine(scarce, 3)));
        var ended = await Shop.EndsAsync(order.OrderId);

        Assert.Equal((OrderState.Rejected, FailureCodes.NotEnoughStock), (ended.State, ended.Failure?.Code));
        await NothingHeldAsync(order.OrderId, scarce);
        await NothingHeldAsync(order.OrderId, plenty);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S03_A_declined_payment_rejects_the_order_and_gives_the_stock_back(CoordinationStyle style) =>
        await RejectedAsync(style, FailureCodes.PaymentDeclined, cart => cart with { PaymentMethod = "card-declined" });

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S04_A_refusing_carrier_rejects_the_order_and_voids_the_authorization(CoordinationStyle style) =>
        await RejectedAsync(style, FailureCodes.ShipmentRefused, cart => cart with { Postcode = "XX1 1XX" });

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S05_A_failing_capture_rejects_the_order_and_sends_the_carrier_away(CoordinationStyle style) =>
        await RejectedAsync(style, FailureCodes.CaptureFailed, cart => cart with { PaymentMethod = "card-capture-fails" });

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S05b_A_customer_without_credit_is_rejected(CoordinationStyle style) =>
        await RejectedAsync(style, FailureCodes.CreditRefused, cart => cart with { Customer = "BLOCKED-1" });

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S06_A_large_order_waits_for_a_person_and_completes_once_approved(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(600m, 5);
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)));
        var waiting = await Shop.ReachesAsync(order.OrderId, OrderState.AwaitingApproval);
        Assert.NotNull(waiting.ApprovalDeadline);
        Assert.Equal((0m, 0m, 0m), await Shop.MoneyAsync(order.OrderId));

        using var approved = await Shop.ApproveAsync(order.OrderId);

        Assert.True(approved.IsSuccessStatusCode, await Shop.Describe(approved));
        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(order.OrderId)).State);
        await SoldOnceAsync(order.OrderId, sku, 2, 1200m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S07_A_large_order_that_nobody_approves_in_time_is_rejected_and_holds_nothing(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(600m, 5);

        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)) { ApprovalWithin = TimeSpan.FromSeconds(2) });
        var ended = await Shop.EndsAsync(order.OrderId);

        Assert.Equal((OrderState.Rejected, FailureCodes.ApprovalExpired), (ended.State, ended.Failure?.Code));
        await NothingHeldAsync(order.OrderId, sku);
        using var late = await Shop.ApproveAsync(order.OrderId);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, late.StatusCode);
    }

    private async Task RejectedAsync(CoordinationStyle style, string reason, Func<Cart, Cart> choose)
    {
        var sku = await Shop.ProductAsync(20m, 4);

        var order = await Shop.SubmitAsync(choose(new Cart(style, new OrderLine(sku, 2))));
        var ended = await Shop.EndsAsync(order.OrderId);

        Assert.Equal((OrderState.Rejected, reason), (ended.State, ended.Failure?.Code));
        await NothingHeldAsync(order.OrderId, sku);
    }
}
