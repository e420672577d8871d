using System.Text.Json.Serialization;
using Inventory.Contracts;
using Ordering.Contracts;
using ServiceDefaults;

namespace Inventory.Domain;

/// <summary>Where an order's stock is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReservationState>))]
public enum ReservationState
{
    /// <summary>All lines are held.</summary>
    Held,

    /// <summary>There was not enough; nothing is held.</summary>
    Refused,

    /// <summary>Nothing is held, and nothing will be: also the mark of a release that came before its reservation.</summary>
    Released,

    /// <summary>It has left the house.</summary>
    Shipped,
}

/// <summary>What Inventory holds for one order.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="State">Where its stock is.</param>
/// <param name="Lines">One line for each product.</param>
/// <param name="Returns">Ids of the returns that are on the shelf again.</param>
/// <param name="Failure">Why there is nothing, if there is nothing.</param>
public sealed record Reservation(string OrderId, ReservationState State, IReadOnlyList<OrderLine> Lines, IReadOnlyList<string> Returns, Failure? Failure)
{
    private static Decision<Reservation> Nothing => Decision.Nothing;

    /// <summary>Holds all lines or none.</summary>
    public static Decision<Reservation> Reserve(Reservation? reservation, string orderId, ReserveStock command, IReadOnlyDictionary<string, StockItem> stock)
    {
        if (reservation is not null)
        {
            return Nothing;
        }

        var lines = OneLinePerProduct(command.Lines);
        if (lines.FirstOrDefault(line => !stock.TryGetValue(line.Sku, out var item) || item.OnHand < line.Quantity) is { } missing)
        {
            var onHand = stock.GetValueOrDefault(missing.Sku)?.OnHand ?? 0;
            var failure = new Failure(FailureCodes.NotEnoughStock, $"{missing.Quantity} pieces of '{missing.Sku}' were ordered, {onHand} are there.", FailedEnd.Rejected);
            return new(new Reservation(orderId, ReservationState.Refused, [], [], failure), new StockRefused(orderId, command.Style, failure));
        }

        return new(new Reservation(orderId, ReservationState.Held, lines, [], null), new StockReserved(orderId, command.Style, command.Amount));
    }

    /// <summary>Gives back what is held. Before its reservation it leaves a mark that refuses the reservation.</summary>
    public static Decision<Reservation> Release(Reservation? reservation, string orderId, ReleaseStock command) => reservation?.State switch
    {
        null => new(new Reservation(orderId, ReservationState.Released, [], [], command.Failure), new StockReleased(orderId, command.Style, command.Failure)),
        ReservationState.Held => new(reservation with { State = ReservationState.Released, Failure = command.Failure }, new StockReleased(orderId, command.Style, command.Failure)),

        // Refused ended the order by itself. Shipped comes after the pivot, where nothing is undone.
        _ => Nothing,
    };

    /// <summary>What was held leaves the house.</summary>
    public static Decision<Reservation> Ship(Reservation? reservation, string orderId, ShipStock command) => reservation?.State switch
    {
        null => throw new MissingDependencyException($"order {orderId} has no reservation yet"),
        ReservationState.Held => new(reservation with { State = ReservationState.Shipped }, new StockShipped(orderId, command.Style)),
        ReservationState.Shipped => Nothing,
        _ => throw new ImpossibleRequestException($"order {orderId} holds no stock that could be shipped: it is {reservation.State}"),
    };

    /// <summary>Puts returned lines on the shelf, once for each return.</summary>
    public static Decision<Reservation> Return(Reservation? reservation, string orderId, RestockReturn command) => reservation?.State switch
    {
        null or ReservationState.Held => throw new MissingDependencyException($"order {orderId} has not been shipped yet"),
        ReservationState.Shipped when reservation.Returns.Contains(command.ReturnId) => Nothing,
        ReservationState.Shipped => new(
            reservation with { Returns = [.. reservation.Returns, command.ReturnId] },
            new StockReturned(orderId, command.Style, command.ReturnId)),
        _ => throw new ImpossibleRequestException($"order {orderId} was never shipped: it is {reservation.State}"),
    };

    /// <summary>An order may name a product more than once; stock is counted by product.</summary>
    public static IReadOnlyList<OrderLine> OneLinePerProduct(IReadOnlyList<OrderLine> lines) =>
        [.. lines.GroupBy(line => line.Sku).Select(product => new OrderLine(product.Key, product.Sum(line => line.Quantity)))];
}
