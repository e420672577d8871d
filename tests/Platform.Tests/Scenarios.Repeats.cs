using Conformance;
using System.Net;
using Inventory.Contracts;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>Scenarios 10 and 11: things that happen twice, or before they should.</summary>
public abstract partial class Scenarios
{
    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S10_The_same_submit_twice_is_one_order_and_another_body_under_its_key_is_a_conflict(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        var cart = new Cart(style, new OrderLine(sku, 2));

        var answers = await Task.WhenAll(Shop.SubmitAsync(cart), Shop.SubmitAsync(cart), Shop.SubmitAsync(cart));
        await Shop.EndsAsync(cart.OrderId);
        using var other = await Shop.PostOrderAsync(cart with { Lines = [new OrderLine(sku, 3)] });

        Assert.All(answers, answer => Assert.Equal(cart.OrderId, answer.OrderId));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        await SoldOnceAsync(cart.OrderId, sku, 2, 14m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S11_Events_that_come_again_and_late_change_nothing(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)));
        var ended = await Shop.EndsAsync(order.OrderId);
        var details = new OrderDetails(order.OrderId, style, "C-17850", "card", new Address("A. Customer", "1 High Street", "Town", "AB1 2CD", "United Kingdom"), [new OrderLine(sku, 2)]);

        // Under their own ids and under new ones: the inbox knows the first, only the state knows the second.
        foreach (var id in (string?[])[$"{order.OrderId}:{nameof(OrderSubmitted)}", null])
        {
            await Shop.PublishAsync("inventory", "inventory.stock-reserved.v1", new StockReserved(order.OrderId, style, 14m), order.OrderId, id);
            await Shop.PublishAsync("ordering", "ordering.order-submitted.v1", new OrderSubmitted(details, ended.SubmittedAt), order.OrderId, id);
        }

        var next = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 1)));
        await Shop.EndsAsync(next.OrderId);
        var stock = await Shop.StockAsync(sku);
        Assert.Equal((7, 0, 3), (stock.OnHand, stock.Reserved, stock.Shipped));
        Assert.Equal((0m, 14m, 0m), await Shop.MoneyAsync(order.OrderId));
        Assert.Equal(OrderState.Completed, (await Shop.OrderAsync(order.OrderId)).State);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S11b_A_compensation_that_comes_before_its_step_stops_the_step(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        var cart = new Cart(style, new OrderLine(sku, 2));
        var failure = new Failure(FailureCodes.CancelledByCustomer, "Cancelled before it began.", FailedEnd.Cancelled);
        await Shop.InvokeAsync("inventory", $"/reservations/{cart.OrderId}/release", new ReleaseStock(style, failure));

        await Shop.SubmitAsync(cart);
        var ended = await Shop.EndsAsync(cart.OrderId);

        Assert.Contains(ended.State, (OrderState[])[OrderState.Cancelled, OrderState.Rejected]);
        await NothingHeldAsync(cart.OrderId, sku);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S11c_An_approval_before_the_wait_is_kept_for_it(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(2000m, 10);
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 1)));

        using var early = await Shop.ApproveAsync(order.OrderId);
        Assert.True(early.IsSuccessStatusCode, await Shop.Describe(early));

        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(order.OrderId)).State);
        await SoldOnceAsync(order.OrderId, sku, 1, 2000m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S11d_A_step_that_is_called_twice_is_done_once(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        // An order that has ended without stock: what the calls below publish finds it. An event of an order that never was would wait for it, on Kafka with all that comes behind.
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)) { Customer = "BLOCKED-1" });
        var orderId = order.OrderId;
        await Shop.EndsAsync(orderId);
        var reserve = new ReserveStock(style, 14m, [new OrderLine(sku, 2)]);
        await Shop.InvokeAsync("inventory", $"/reservations/{orderId}/reserve", reserve);
        await Shop.InvokeAsync("inventory", $"/reservations/{orderId}/reserve", reserve);

        Assert.Equal((8, 2), ((await Shop.StockAsync(sku)).OnHand, (await Shop.StockAsync(sku)).Reserved));

        var failure = new Failure(FailureCodes.CancelledByCustomer, "No longer wanted.", FailedEnd.Cancelled);
        await Shop.InvokeAsync("inventory", $"/reservations/{orderId}/release", new ReleaseStock(style, failure));
        await Shop.InvokeAsync("inventory", $"/reservations/{orderId}/release", new ReleaseStock(style, failure));

        Assert.Equal((10, 0), ((await Shop.StockAsync(sku)).OnHand, (await Shop.StockAsync(sku)).Reserved));
    }
}
