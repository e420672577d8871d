using Inventory.Domain;
using Ordering.Contracts;

namespace Services.Tests.Choreography;

/// <summary>The choreographed order as a whole, under every fate, with every event delivered twice and in many orders: the books always agree in the end.</summary>
public sealed class ChoreographyTests
{
    private const int Orders = 40;

    public static TheoryData<string, Fate, int, decimal, OrderState> Scenarios() => new()
    {
        { "all well", new Fate(), 6, 2.5m, OrderState.Completed },
        { "not enough stock", new Fate(), 11, 2.5m, OrderState.Rejected },
        { "payment declined", new Fate(CardDeclined: true), 6, 2.5m, OrderState.Rejected },
        { "carrier refuses", new Fate(CarrierRefuses: true), 6, 2.5m, OrderState.Rejected },
        { "capture fails", new Fate(CaptureFails: true), 6, 2.5m, OrderState.Rejected },
        { "large order, approved", new Fate(), 6, 500m, OrderState.Completed },
        { "large order, deadline passes", new Fate(NobodyApproves: true), 6, 500m, OrderState.Rejected },
        { "credit refused", new Fate(), 6, 9_000m, OrderState.Rejected },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_scenario_ends_as_it_should(string scenario, Fate fate, int quantity, decimal unitPrice, OrderState end)
    {
        for (var seed = 0; seed < Orders; seed++)
        {
            var world = new World(seed, fate, unitPrice);
            world.Run(Some.Order(lines: [new OrderLine("85123A", quantity), new OrderLine("71053", 2)]));

            Assert.True(end == world.Order.State, $"{scenario}, delivery order {seed}: {world.Order.State}");
            BooksAgree(world, $"{scenario}, delivery order {seed}");
        }
    }

    [Fact]
    public void A_cancellation_at_any_moment_ends_as_cancelled_or_as_a_full_refund()
    {
        var ends = new HashSet<OrderState>();
        foreach (var fate in new[] { new Fate(), new Fate(CardDeclined: true), new Fate(CarrierRefuses: true), new Fate(CaptureFails: true) })
        {
            for (var moment = 0; moment < 12; moment++)
            {
                for (var seed = 0; seed < Orders; seed++)
                {
                    var world = new World(seed, fate with { CancelAfterDeliveries = moment });
                    world.Run(Some.Order());

                    ends.Add(world.Order.State);
                    BooksAgree(world, $"{fate}, cancelled at {moment}, delivery order {seed}");
                    Assert.True(world.Order.CancelledBy is null || world.Order.State is OrderState.Cancelled or OrderState.Refunded, $"{moment}/{seed}: {world.Order.State}");
                }
            }
        }

        Assert.Contains(OrderState.Cancelled, ends);
        Assert.Contains(OrderState.Refunded, ends);
    }

    private static void BooksAgree(World world, string when)
    {
        Assert.False(world.Order.InBetween, $"{when}: stuck as {world.Order.State}");
        var sold = world.Order.State is OrderState.Completed or OrderState.Refunded;
        var expected = (0m, sold ? world.Order.Amount!.Value : 0, world.Order.Refunded);
        var view = world.Payment?.ToView();
        Assert.True(expected == world.ProviderBooks, $"{when}: the provider has {world.ProviderBooks}, expected {expected}");
        Assert.True(expected == (view?.Held ?? 0, view?.Captured ?? 0, view?.Refunded ?? 0), $"{when}: Payments has {view}, expected {expected}");
        Assert.True(sold == world.CarrierComes, $"{when}: the carrier comes: {world.CarrierComes}");
        Assert.True(sold == (world.Shipment?.ToView().Booked ?? false), $"{when}: {world.Shipment}");

        var kept = global::Ordering.Domain.Returning.Kept(world.Order).ToDictionary(line => line.Sku, line => line.Quantity);
        Assert.All(world.Stock.Values, item => Assert.Equal(new StockItem(item.Sku, 10, 10 - kept.GetValueOrDefault(item.Sku), 0, kept.GetValueOrDefault(item.Sku)), item));
    }
}
