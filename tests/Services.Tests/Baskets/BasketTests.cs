using Baskets.Contracts;
using Baskets.Domain;
using Ordering.Contracts;

namespace Services.Tests.Baskets;

/// <summary>What a basket is, without the actor around it.</summary>
public sealed class BasketTests
{
    private static readonly BasketItem _mug = new("MUG", "a mug", 2, 4.50m);
    private static readonly BasketItem _tea = new("TEA", "tea", 1, 3m);
    private static readonly CheckOutBasket _checkout = new("ord-1", CoordinationStyle.Choreographed, "card", Some.Address);

    private static Basket Filled => Basket.Empty.Put(_mug, Some.Time).Put(_tea, Some.Time);

    [Fact]
    public void A_product_is_in_it_once_with_the_quantity_said_last()
    {
        var basket = Filled.Put(_mug with { Quantity = 5 }, Some.Time.AddMinutes(1));

        Assert.Equal([_mug with { Quantity = 5 }, _tea], basket.Items);
        Assert.Equal((25.50m, Some.Time.AddMinutes(1)), (basket.ToView("c").Total, basket.TouchedAt));
    }

    [Fact]
    public void What_is_taken_out_or_was_never_in_is_not_in_it()
    {
        Assert.Equal([_tea], Filled.Remove("MUG", Some.Time).Remove("HAT", Some.Time).Items);
        Assert.True(Filled.Clear(Some.Time).IsEmpty);
    }

    [Fact]
    public void Becoming_an_order_fixes_it_until_ordering_has_answered()
    {
        var basket = Filled.CheckOut("17850", _checkout);

        Assert.Equal(new OrderLine("MUG", 2), basket.CheckingOut!.Lines[0]);
        Assert.Equal(("17850", "ord-1"), (basket.CheckingOut.CustomerId, basket.ToView("17850").CheckingOut));
        Assert.NotNull(basket.WhyFixed());
        Assert.Null(basket.WhyNotOrder("ord-1"));
        Assert.NotNull(basket.WhyNotOrder("ord-2"));
    }

    [Fact]
    public void An_order_empties_it_and_a_refusal_leaves_it_as_it_was()
    {
        var basket = Filled.CheckOut("17850", _checkout);

        Assert.Equal((true, "ord-1"), (basket.BecameOrder().IsEmpty, basket.BecameOrder().LastOrder));
        Assert.Equal(Filled.Items, basket.StayedBasket().Items);
        Assert.Null(basket.StayedBasket().WhyFixed());
    }

    [Fact]
    public void An_empty_basket_is_no_order() => Assert.Equal("The basket is empty.", Basket.Empty.WhyNotOrder("ord-1"));

    [Fact]
    public void It_is_abandoned_when_nobody_touched_it_for_long_unless_it_is_becoming_an_order()
    {
        var day = TimeSpan.FromDays(1);

        Assert.False(Filled.IsAbandoned(Some.Time + day - TimeSpan.FromSeconds(1), day));
        Assert.True(Filled.IsAbandoned(Some.Time + day, day));
        Assert.False(Filled.CheckOut("17850", _checkout).IsAbandoned(Some.Time + day, day));
    }
}
