using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.State;
using Shipping.Carrier;
using Shipping.Contracts;
using Shipping.Domain;

namespace Shipping;

/// <summary>Books and cancels at the carrier. The carrier is asked outside of transactions; asking twice is safe, and what it answered is judged again on commit.</summary>
public sealed class Shipments(UnitOfWork work, CarrierClient carrier)
{
    public async Task<ShipmentAnswer> BookAsync(string orderId, BookShipment command, Origin origin, CancellationToken cancellationToken)
    {
        var shipment = await work.FindAsync<Shipment>(KeyOf(orderId), cancellationToken);
        if (Shipment.MayBook(shipment))
        {
            var answer = await carrier.BookAsync(orderId, command.ShipTo, command.Pieces, cancellationToken);
            var refused = answer.Accepted ? null : new Failure(FailureCodes.ShipmentRefused, $"The carrier refused the parcel: {answer.Reason}.", FailedEnd.Rejected);
            shipment = await ApplyAsync(orderId, origin, current => Shipment.Booked(current, orderId, command, answer.TrackingNumber, refused), cancellationToken);
        }

        return new ShipmentAnswer(shipment is { State: ShipmentState.Booked } ? shipment.TrackingNumber : null, shipment?.Failure);
    }

    public async Task CancelAsync(string orderId, CancelShipment command, Origin origin, CancellationToken cancellationToken)
    {
        if (Shipment.NeedsCancelling(await work.FindAsync<Shipment>(KeyOf(orderId), cancellationToken)))
        {
            await carrier.CancelAsync(orderId, cancellationToken);
            await ApplyAsync(orderId, origin, shipment => Shipment.Cancelled(shipment, orderId, command), cancellationToken);
        }
    }

    /// <summary>What Shipping believes about these orders.</summary>
    public async Task<IReadOnlyList<ShipmentView>> ViewAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        [.. (await work.FindAllAsync<Shipment>([.. orderIds.Select(KeyOf)], cancellationToken)).Select(shipment => shipment.ToView())];

    private static string KeyOf(string orderId) => $"shipment-{orderId}";

    private Task<Shipment?> ApplyAsync(string orderId, Origin origin, Func<Shipment?, Decision<Shipment>> decide, CancellationToken cancellationToken) =>
        work.RunAsync(new Work(orderId, origin, KeyOf(orderId)), changes => changes.Apply(KeyOf(orderId), decide(changes.Get<Shipment>(KeyOf(orderId)))), cancellationToken);
}
