using Demo.Running;

namespace Samples.Tests;

public sealed class ChaosTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(500)]
    public void A_run_is_struck_four_times_while_orders_are_under_way_and_once_it_is_the_host(int orders)
    {
        foreach (var seed in Enumerable.Range(1, 50))
        {
            var planned = new Chaos(orders, seed, _ => { }).Planned.ToList();

            Assert.Equal(4, planned.Count);
            Assert.Single(planned, strike => strike.IsHost);
            Assert.All(planned, strike => Assert.InRange(strike.AfterOrders, 1, orders - 1));
            Assert.Equal(planned.Select(strike => strike.AfterOrders).Order(), planned.Select(strike => strike.AfterOrders));
        }
    }

    [Fact]
    public void The_same_seed_kills_at_the_same_moments()
    {
        Assert.Equal(new Chaos(500, 7, _ => { }).Planned, new Chaos(500, 7, _ => { }).Planned);
    }
}
