using Conformance;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>Scenarios 12 and 13: a participant that is down, a message that nobody can handle.</summary>
public abstract partial class Scenarios
{
    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S12_An_order_completes_after_a_partner_is_back(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        await Shop.OutageAsync("payment-provider", on: true);
        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)));
        await Shop.ReachesAsync(order.OrderId, OrderState.Approved);

        await Shop.OutageAsync("payment-provider", on: false);

        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(order.OrderId)).State);
        await SoldOnceAsync(order.OrderId, sku, 2, 14m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S12b_An_order_completes_after_a_service_that_was_killed_is_back(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        foreach (var instance in Platform.Instances().Where(instance => instance.AppId == "shipping"))
        {
            Signals.KillAtOnce(instance.Pid);
        }

        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)));

        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(order.OrderId)).State);
        await SoldOnceAsync(order.OrderId, sku, 2, 14m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S12c_An_order_completes_when_a_partner_answers_only_every_other_time(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);

        var order = await Shop.SubmitAsync(new Cart(style, new OrderLine(sku, 2)) { PaymentMethod = "card-flaky", Postcode = "XX3 3XX" });

        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(order.OrderId)).State);
        await SoldOnceAsync(order.OrderId, sku, 2, 14m);
    }

    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S13_A_poison_message_is_dead_lettered_and_visible_and_holds_nobody_up(CoordinationStyle style)
    {
        var sku = await Shop.ProductAsync(7m, 10);
        var cart = new Cart(style, new OrderLine(sku, 2));
        var poison = $"poison-{Guid.NewGuid():N}";

        // Under the order's own key: not even the order beside it is held up.
        await Shop.PublishAsync("ordering", "ordering.order-submitted.v1", new { nonsense = true }, cart.OrderId, poison);
        await Shop.SubmitAsync(cart);

        Assert.Equal(OrderState.Completed, (await Shop.EndsAsync(cart.OrderId)).State);
        await Eventually.IsTrueAsync(
            async () => (await Shop.DeadLettersAsync()).Any(letter => letter.MessageId == poison),
            Shop.Patience,
            "the poison message to be listed among the dead letters");
    }
}
