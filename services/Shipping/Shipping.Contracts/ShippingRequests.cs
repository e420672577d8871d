using Ordering.Contracts;

namespace Shipping.Contracts;

/// <summary>Has the carrier come for the parcel.</summary>
public sealed record BookShipment(CoordinationStyle Style, Address ShipTo, int Pieces);

/// <summary>A tracking number, or why there is none.</summary>
public sealed record ShipmentAnswer(string? TrackingNumber, Failure? Failure);

/// <summary>Sends the carrier away, and refuses what may come later.</summary>
public sealed record CancelShipment(CoordinationStyle Style, Failure Failure);

/// <summary>What Shipping believes about one order, to be compared with the carrier's books.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Booked">Whether the carrier comes, or came.</param>
public sealed record ShipmentView(string OrderId, bool Booked);
