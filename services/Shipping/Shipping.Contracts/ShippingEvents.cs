using Ordering.Contracts;

namespace Shipping.Contracts;

/// <summary>What Shipping publishes, on the topic <see cref="Topic"/>.</summary>
public static class ShippingEvents
{
    public const string Topic = "shipping";

    /// <summary>CloudEvent type and record of every event on the topic.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["shipping.shipment-booked.v1"] = typeof(ShipmentBooked),
        ["shipping.shipment-refused.v1"] = typeof(ShipmentRefused),
        ["shipping.shipment-cancelled.v1"] = typeof(ShipmentCancelled),
    };
}

/// <summary>The carrier will come.</summary>
public sealed record ShipmentBooked(string OrderId, CoordinationStyle Style, string TrackingNumber) : IOrderEvent;

public sealed record ShipmentRefused(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>The carrier will not come, whatever was booked.</summary>
public sealed record ShipmentCancelled(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent, ICompensation;
