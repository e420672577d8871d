using System.Net;
using Conformance;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>Scenario 14: an order that begins as a basket.</summary>
public abstract partial class Scenarios
{
    [ConformanceTheory, MemberData(nameof(Styles))]
    public async Task S14_A_basket_that_is_checked_out_twice_is_one_order_and_completes(CoordinationStyle style)
    {
        var mug = await Shop.ProductAsync(4.50m, 10);
        var tea = await Shop.ProductAsync(3m, 10);
        var cart = new Cart(style, new OrderLine(mug, 2), new OrderLine(tea, 1)) { Customer = $"C-{Guid.NewGuid():N}" };
        await Shop.FillBasketAsync(cart);
        var filled = await Shop.BasketAsync(cart.Customer);

        var answers = await Task.WhenAll(Shop.CheckOutAsync(cart), Shop.CheckOutAsync(cart));
        var ended = await Shop.EndsAsync(cart.OrderId);

        foreach (var answer in answers)
        {
            using var _ = answer;
            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await Shop.Describe(answer));
        }

        Assert.Equal((2, 12m), (filled.Items.Count, filled.Total));
        Assert.Equal((OrderState.Completed, 12m), (ended.State, ended.Amount));
        Assert.Empty((await Shop.BasketAsync(cart.Customer)).Items);
        await SoldOnceAsync(cart.OrderId, mug, 2, 12m);
    }
}
