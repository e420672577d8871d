using Conformance;
using System.Net;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>Scenarios 8 and 9: the customer cancels or returns.</summary>
public abstract partial class Scenarios
{
    /// <summary>An order that a partner's outage, or a person, holds at one step; and the same with no delay at all.</summary>
    public static TheoryData<CoordinationStyle, string> StepsBeforeCapture()
    {
        var data = new TheoryData<CoordinationStyle, string>();
        foreach (var style in (CoordinationStyle[])[CoordinationStyle.Orchestrated, CoordinationStyle.Choreographed])
        {
            foreach (var step in (string[])["at once", "awaiting approval", "authorizing", "booking"])
            {
                data.Add(style, step);
            }
        }

        return data;
    }

    [ConformanceTheory, MemberData(nameof(StepsBeforeCapture))]
    public async Task S08_An_order_cancelled_before_capture_is_undone_entirely(CoordinationStyle style, string step)
    {
        var sku = await Shop.ProductAsync(step == "awaiting approval" ? 2000m : 20m, 4);
        var partner = step switch { "authorizing" => "payment-provider", "booking" => "carrier", _ => null };
        if (partner is not null)
        {
            await Shop.OutageAsync(partner, on: true);
        }

        OrderView order;
        try
        {
            order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)));
            await ArrivesAtAsync(order.OrderId, step);
            using var cancelled = await Shop.CancelAsync(order.OrderId);
            Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        }
        finally
        {
            if (partner is not null)
            {
                await Shop.OutageAsync(partner, on: false);
            }
        }

        var ended = await Shop.EndsAsync(order.OrderId);

        // Without a delay the order may be past its pivot when the cancellation comes: then it is refunded in full.
        Assert.Contains(ended.State, step == "at once" ? (OrderState[])[OrderState.Cancelled, OrderState.Refunded] : [OrderState.Cancelled]);
        if (ended.State == OrderState.Cancelled)
        {
            await NothingHeldAsync(order.OrderId, sku);
        }
        else
        {
            Assert.Equal((0m, 40m, 40m), await Shop.MoneyAsync(order.OrderId));
        }
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S08b_An_order_cancelled_after_completion_is_refunded_in_full(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(20m, 4);
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)));
        await Shop.EndsAsync(order.OrderId);

        using var cancelled = await Shop.CancelAsync(order.OrderId);
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        var refunded = await Shop.ReachesAsync(order.OrderId, OrderState.Refunded);

        Assert.Equal(40m, refunded.Refunded);
        Assert.Equal((0m, 40m, 40m), await Shop.MoneyAsync(order.OrderId));
        Assert.Equal(4, (await Shop.StockAsync(sku)).OnHand);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S09_Returned_lines_are_refunded_and_back_in_stock_and_all_of_them_make_the_order_refunded(CoordinationStyle style)
    {
        var first = await Shop.ProductAsync(20m, 4);
        var second = await Shop.ProductAsync(3m, 9);
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(first, 2), new OrderLine(second, 5)));
        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(order.OrderId)).State);

        await Shop.ReturnAsync(order.OrderId, new OrderLine(first, 1));
        var partly = await Shop.EndsAsync(order.OrderId);

        Assert.Equal((OrderState.Completed, 20m), (partly.State, partly.Refunded));
        Assert.Equal((0m, 55m, 20m), await Shop.MoneyAsync(order.OrderId));
        Assert.Equal((3, 1), ((await Shop.StockAsync(first)).OnHand, (await Shop.StockAsync(first)).Shipped));

        await Shop.ReturnAsync(order.OrderId);
        var wholly = await Shop.ReachesAsync(order.OrderId, OrderState.Refunded);

        Assert.Equal(55m, wholly.Refunded);
        Assert.Equal((0m, 55m, 55m), await Shop.MoneyAsync(order.OrderId));
        Assert.Equal((4, 9), ((await Shop.StockAsync(first)).OnHand, (await Shop.StockAsync(second)).OnHand));
    }

    private Task ArrivesAtAsync(string orderId, string step) => step switch
    {
        "awaiting approval" => Shop.ReachesAsync(orderId, OrderState.AwaitingApproval),
        "authorizing" => Shop.ReachesAsync(orderId, OrderState.Approved),
        "booking" => Shop.HearsAsync(orderId, "payment authorized"),
        _ => Task.CompletedTask,
    };
}
