using Dapr.Client;
using ServiceDefaults.Calls;

namespace Shipping.Carrier;

/// <summary>The carrier's API. Every request names the order as reference, so that asking again is safe; a cancellation before its booking makes the carrier refuse the booking.</summary>
public sealed class CarrierClient(DaprClient dapr)
{
    private readonly Invocation _carrier = Invocation.For(dapr, "carrier");

    public Task<CarrierAnswer> BookAsync(string orderId, Ordering.Contracts.Address shipTo, int pieces, CancellationToken cancellationToken) =>
        _carrier.SendAsync<CarrierAnswer>(HttpMethod.Post, $"shipments/{Uri.EscapeDataString(orderId)}/booking", new { shipTo, pieces }, cancellationToken);

    public Task<CarrierAnswer> CancelAsync(string orderId, CancellationToken cancellationToken) =>
        _carrier.SendAsync<CarrierAnswer>(HttpMethod.Post, $"shipments/{Uri.EscapeDataString(orderId)}/cancellation", new { }, cancellationToken);
}

/// <summary>What the carrier says.</summary>
/// <param name="Accepted">Whether it does what was asked.</param>
/// <param name="TrackingNumber">Where to follow the parcel.</param>
/// <param name="Reason">Why not.</param>
public sealed record CarrierAnswer(bool Accepted, string? TrackingNumber = null, string? Reason = null);
