using Inventory.Contracts;
using Inventory.Domain;
using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.State;

namespace Inventory;

/// <summary>Reserves, releases, ships and takes back: every move of stock and of the order's reservation is one transaction.</summary>
public sealed class Reservations(UnitOfWork work)
{
    public async Task<ReservationAnswer> ReserveAsync(string orderId, ReserveStock command, Origin origin, CancellationToken cancellationToken)
    {
        var reservation = await MoveAsync(
            orderId,
            origin,
            command.Lines,
            (held, stock) => Reservation.Reserve(held, orderId, command, stock),
            (item, quantity) => item.Reserve(quantity),
            cancellationToken);
        return new ReservationAnswer(reservation?.State is ReservationState.Held or ReservationState.Shipped, reservation?.Failure);
    }

    public async Task ReleaseAsync(string orderId, ReleaseStock command, Origin origin, CancellationToken cancellationToken) =>
        await MoveAsync(orderId, origin, await HeldLinesAsync(orderId, cancellationToken), (held, _) => Reservation.Release(held, orderId, command), (item, quantity) => item.Release(quantity), cancellationToken);

    public async Task ShipAsync(string orderId, ShipStock command, Origin origin, CancellationToken cancellationToken) =>
        await MoveAsync(orderId, origin, await HeldLinesAsync(orderId, cancellationToken), (held, _) => Reservation.Ship(held, orderId, command), (item, quantity) => item.Ship(quantity), cancellationToken);

    public async Task ReturnAsync(string orderId, RestockReturn command, Origin origin, CancellationToken cancellationToken) =>
        await MoveAsync(orderId, origin, command.Lines, (held, _) => Reservation.Return(held, orderId, command), (item, quantity) => item.Return(quantity), cancellationToken);

    private static string KeyOf(string orderId) => $"reservation-{orderId}";

    private async Task<IReadOnlyList<OrderLine>> HeldLinesAsync(string orderId, CancellationToken cancellationToken) =>
        (await work.FindAsync<Reservation>(KeyOf(orderId), cancellationToken))?.Lines ?? [];

    private async Task<Reservation?> MoveAsync(
        string orderId,
        Origin origin,
        IReadOnlyList<OrderLine> lines,
        Func<Reservation?, IReadOnlyDictionary<string, StockItem>, Decision<Reservation>> decide,
        Func<StockItem, int, StockItem> move,
        CancellationToken cancellationToken)
    {
        var products = Reservation.OneLinePerProduct(lines);
        var key = KeyOf(orderId);
        string[] shelves = [.. products.Select(line => Shelves.KeyOf(line.Sku))];
        return await work.RunAsync(
            new Work(orderId, origin, [key, .. shelves]) { Shared = shelves },
            changes =>
            {
                var before = changes.Get<Reservation>(key);
                if (before is { State: ReservationState.Held } && before.Lines.Count > products.Count)
                {
                    // The reservation was made between our first look and this one.
                    throw new MissingDependencyException($"order {orderId} was reserved a moment ago");
                }

                var stock = products.Select(line => changes.Get<StockItem>(Shelves.KeyOf(line.Sku))).OfType<StockItem>().ToDictionary(item => item.Sku);
                var decision = decide(before, stock);
                var after = changes.Apply(key, decision);
                if (decision.State is { State: not ReservationState.Refused })
                {
                    foreach (var line in products)
                    {
                        changes.Put(Shelves.KeyOf(line.Sku), move(stock[line.Sku], line.Quantity));
                    }
                }

                return after;
            },
            cancellationToken);
    }
}
