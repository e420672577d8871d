using Demo.Planning;
using Ordering.Contracts;
using RetailData;

namespace Samples.Tests;

public sealed class DemoPlanTests
{
    private static readonly CoordinationStyle[] s_both = [CoordinationStyle.Orchestrated, CoordinationStyle.Choreographed];
    private static readonly Retail s_retail = Retail.FromSample();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    [InlineData(1000)]
    public void There_are_as_many_orders_as_were_asked_for(int orders)
    {
        var plan = DemoPlan.Make(s_retail, orders, s_both, seed: 1);
        Assert.Equal(Enumerable.Range(0, orders), plan.Orders.Select(order => order.Number));
        Assert.InRange(plan.Orders.Count(order => order.Style == CoordinationStyle.Orchestrated), orders / 2, (orders + 1) / 2);
    }

    [Fact]
    public void Both_styles_get_the_same_orders_with_the_same_fates()
    {
        var plan = DemoPlan.Make(s_retail, 100, s_both, seed: 3);
        for (var i = 0; i < 100; i += 2)
        {
            var (first, second) = (plan.Orders[i], plan.Orders[i + 1]);
            Assert.NotEqual(first.Style, second.Style);
            Assert.Equal((first.Fate, first.Customer, first.PaymentMethod, first.ShipTo), (second.Fate, second.Customer, second.PaymentMethod, second.ShipTo));
            Assert.Equal(first.Lines, second.Lines);
        }
    }

    [Fact]
    public void Fifty_orders_meet_every_fate_in_both_styles() => Assert.All(s_both, style => Assert.Equal(
        Enum.GetValues<Fate>(), DemoPlan.Make(s_retail, 50, s_both, seed: 1).Orders.Where(order => order.Style == style).Select(order => order.Fate).Distinct().Order()));

    [Fact]
    public void The_same_seed_makes_the_same_plan_and_another_seed_another()
    {
        string Fates(int seed) => string.Join(' ', DemoPlan.Make(s_retail, 100, s_both, seed).Orders.Select(order => order.Fate));
        Assert.Equal(Fates(1), Fates(1));
        Assert.NotEqual(Fates(1), Fates(2));
    }

    [Fact]
    public void Large_orders_are_large_and_an_order_for_an_empty_shelf_asks_for_more_than_there_is()
    {
        var plan = DemoPlan.Make(s_retail, 200, s_both, seed: 1);
        var price = plan.Products.ToDictionary(product => product.Sku, product => product.UnitPrice);
        var stock = plan.Stock.ToDictionary(one => one.Sku, one => one.Quantity);
        Assert.All(plan.Orders.Where(order => order.Fate is Fate.LargeApproved or Fate.LargeExpires), order =>
            Assert.True(order.Lines.Sum(line => line.Quantity * price[line.Sku]) > DemoPlan.LargeAbove));
        Assert.All(plan.Orders.Where(order => order.Fate is Fate.NotEnoughStock), order => Assert.True(Assert.Single(order.Lines).Quantity > stock[order.Lines[0].Sku]));
    }

    [Fact]
    public void What_comes_back_was_ordered()
    {
        var plan = DemoPlan.Make(s_retail, 800, s_both, seed: 1);
        var partly = plan.Orders.Where(order => order.Fate == Fate.ReturnedPartly).ToList();
        Assert.NotEmpty(partly);
        Assert.All(partly, order => Assert.All(order.Returns, back =>
            Assert.True(order.Lines.Where(line => line.Sku == back.Sku).Sum(line => line.Quantity) >= back.Quantity)));
    }

    [Fact]
    public void Every_product_that_is_ordered_is_on_sale_with_a_price_in_pence()
    {
        var plan = DemoPlan.Make(s_retail, 800, s_both, seed: 1);
        var stocked = plan.Stock.Select(one => one.Sku).ToHashSet();
        Assert.All(plan.Orders.SelectMany(order => order.Lines), line => Assert.Contains(line.Sku, stocked));
        Assert.All(plan.Products, product => Assert.Equal(Math.Round(product.UnitPrice, 2), product.UnitPrice));
    }

    [Fact]
    public void On_a_deployed_platform_every_product_is_the_runs_own_and_everything_else_is_as_planned()
    {
        var plan = DemoPlan.Make(s_retail, 100, s_both, seed: 1);
        var deployed = plan.ForDeployed("run1");

        Assert.Equal(plan.Stock.Select(stock => stock with { Sku = $"{stock.Sku}-run1" }), deployed.Stock);
        Assert.All(deployed.Orders.SelectMany(order => order.Lines.Concat(order.Returns)), line => Assert.EndsWith("-run1", line.Sku, StringComparison.Ordinal));
        Assert.Equal(plan.Orders.Select(order => (order.Customer, order.Lines.Count, order.Lines.Sum(line => line.Quantity))), deployed.Orders.Select(order => (order.Customer, order.Lines.Count, order.Lines.Sum(line => line.Quantity))));
        Assert.False(deployed.MaySurprise);
    }

    [Fact]
    public void On_a_deployed_platform_no_order_waits_for_a_deadline_that_is_not_ours_to_set()
    {
        var fates = DemoPlan.Make(s_retail, 50, s_both, seed: 1).ForDeployed("run1").Orders.Select(order => order.Fate).ToList();

        Assert.DoesNotContain(Fate.LargeExpires, fates);
        Assert.Contains(Fate.LargeApproved, fates);
    }
}
