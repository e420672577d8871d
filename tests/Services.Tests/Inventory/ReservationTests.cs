using Inventory.Contracts;
using Inventory.Domain;
using Ordering.Contracts;
using ServiceDefaults;

namespace Services.Tests.Inventory;

/// <summary>Where an order's stock is: all lines or none, marks of early releases, repeats.</summary>
public sealed class ReservationTests
{
    private const CoordinationStyle Style = CoordinationStyle.Orchestrated;
    private static readonly ReleaseStock _release = new(Style, Some.Declined);

    [Fact]
    public void All_lines_are_held_when_there_is_enough()
    {
        var decision = Reserve(null, Stock(("A", 5), ("B", 1)), new OrderLine("A", 5), new OrderLine("B", 1));

        Assert.IsType<StockReserved>(Assert.Single(decision.Events));
        Assert.Equal(ReservationState.Held, decision.State!.State);
    }

    [Fact]
    public void Nothing_is_held_when_one_line_is_short()
    {
        var decision = Reserve(null, Stock(("A", 5), ("B", 0)), new OrderLine("A", 5), new OrderLine("B", 1));

        Assert.Contains("'B'", Assert.IsType<StockRefused>(Assert.Single(decision.Events)).Failure.Detail, StringComparison.Ordinal);
        Assert.Empty(decision.State!.Lines);
    }

    [Fact]
    public void The_same_product_on_two_lines_is_counted_together()
    {
        var decision = Reserve(null, Stock(("A", 5)), new OrderLine("A", 3), new OrderLine("A", 3));

        Assert.IsType<StockRefused>(Assert.Single(decision.Events));
    }

    [Fact]
    public void A_product_without_stock_is_short() => Assert.IsType<StockRefused>(Assert.Single(Reserve(null, Stock(), new OrderLine("A", 1)).Events));

    [Fact]
    public void A_release_before_its_reservation_leaves_a_mark_that_refuses_it()
    {
        var released = Reservation.Release(null, "ord-1", _release);

        Assert.IsType<StockReleased>(Assert.Single(released.Events));
        Assert.Null(Reserve(released.State, Stock(("A", 5)), new OrderLine("A", 1)).State);
    }

    [Fact]
    public void A_release_is_done_once()
    {
        var released = Reservation.Release(Held(), "ord-1", _release);

        Assert.IsType<StockReleased>(Assert.Single(released.Events));
        Assert.Null(Reservation.Release(released.State, "ord-1", _release).State);
    }

    [Fact]
    public void Shipping_is_done_once_and_never_undone()
    {
        var shipped = Reservation.Ship(Held(), "ord-1", new ShipStock(Style)).State;

        Assert.Null(Reservation.Ship(shipped, "ord-1", new ShipStock(Style)).State);
        Assert.Null(Reservation.Release(shipped, "ord-1", _release).State);
    }

    [Fact]
    public void What_was_released_cannot_be_shipped()
    {
        var released = Reservation.Release(Held(), "ord-1", _release).State;

        Assert.Throws<ImpossibleRequestException>(() => Reservation.Ship(released, "ord-1", new ShipStock(Style)));
    }

    [Fact]
    public void A_return_goes_on_the_shelf_once()
    {
        var shipped = Reservation.Ship(Held(), "ord-1", new ShipStock(Style)).State;
        var command = new RestockReturn(Style, "ret-1", [new OrderLine("A", 1)]);
        var returned = Reservation.Return(shipped, "ord-1", command);

        Assert.IsType<StockReturned>(Assert.Single(returned.Events));
        Assert.Null(Reservation.Return(returned.State, "ord-1", command).State);
    }

    [Fact]
    public void A_return_before_the_shipping_has_to_come_again() =>
        Assert.Throws<MissingDependencyException>(() => Reservation.Return(Held(), "ord-1", new RestockReturn(Style, "ret-1", [])));

    [Fact]
    public void Pieces_are_never_made_or_lost()
    {
        var item = StockItem.Open(new OpeningStock("A", 10)).Reserve(4).Release(1).Ship(3).Return(2);

        Assert.Equal(new StockItem("A", 10, 9, 0, 1), item);
        Assert.Equal(item.Opening, item.OnHand + item.Reserved + item.Shipped);
    }

    [Fact]
    public void More_than_there_is_cannot_be_moved() => Assert.Throws<InvalidOperationException>(() => StockItem.Open(new OpeningStock("A", 1)).Reserve(2));

    private static Dictionary<string, StockItem> Stock(params (string Sku, int Quantity)[] items) =>
        items.ToDictionary(item => item.Sku, item => StockItem.Open(new OpeningStock(item.Sku, item.Quantity)));

    private static Decision<Reservation> Reserve(Reservation? reservation, Dictionary<string, StockItem> stock, params OrderLine[] lines) =>
        Reservation.Reserve(reservation, "ord-1", new ReserveStock(Style, 20, lines), stock);

    private static Reservation Held() => Reserve(null, Stock(("A", 5)), new OrderLine("A", 2)).State!;
}
