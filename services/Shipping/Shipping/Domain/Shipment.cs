using System.Text.Json.Serialization;
using Ordering.Contracts;
using ServiceDefaults;
using Shipping.Contracts;

namespace Shipping.Domain;

/// <summary>Whether the carrier comes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShipmentState>))]
public enum ShipmentState
{
    Booked,
    Refused,

    /// <summary>The carrier does not come, and will not be asked: also the mark of a cancellation that came before its booking.</summary>
    Cancelled,
}

/// <summary>The parcel of one order.</summary>
public sealed record Shipment(string OrderId, ShipmentState State, string? TrackingNumber, Failure? Failure)
{
    private static Decision<Shipment> Nothing => Decision.Nothing;

    /// <summary>Whether the carrier is to be asked.</summary>
    public static bool MayBook(Shipment? shipment) => shipment is null;

    /// <summary>The carrier answered. If the shipment was cancelled meanwhile, the carrier was told so as well.</summary>
    public static Decision<Shipment> Booked(Shipment? shipment, string orderId, BookShipment command, string? trackingNumber, Failure? refused)
    {
        if (!MayBook(shipment))
        {
            return Nothing;
        }

        return refused is null
            ? new(new Shipment(orderId, ShipmentState.Booked, trackingNumber, null), new ShipmentBooked(orderId, command.Style, trackingNumber!))
            : new(new Shipment(orderId, ShipmentState.Refused, null, refused), new ShipmentRefused(orderId, command.Style, refused));
    }

    /// <summary>Whether the carrier is to be told that nothing is needed.</summary>
    public static bool NeedsCancelling(Shipment? shipment) => shipment is null or { State: ShipmentState.Booked };

    /// <summary>The carrier knows. A refused shipment needs no cancelling: its refusal undoes the order already.</summary>
    public static Decision<Shipment> Cancelled(Shipment? shipment, string orderId, CancelShipment command) => NeedsCancelling(shipment)
        ? new(new Shipment(orderId, ShipmentState.Cancelled, shipment?.TrackingNumber, command.Failure), new ShipmentCancelled(orderId, command.Style, command.Failure))
        : Nothing;

    /// <summary>What the carrier's books should say.</summary>
    public ShipmentView ToView() => new(OrderId, State == ShipmentState.Booked);
}
