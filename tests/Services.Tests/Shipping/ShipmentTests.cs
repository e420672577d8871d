using Ordering.Contracts;
using Shipping.Contracts;
using Shipping.Domain;

namespace Services.Tests.Shipping;

/// <summary>Whether the carrier comes.</summary>
public sealed class ShipmentTests
{
    private static readonly BookShipment _book = new(CoordinationStyle.Choreographed, Some.Address, 8);
    private static readonly CancelShipment _cancel = new(CoordinationStyle.Choreographed, Some.Cancelled);

    [Fact]
    public void A_booking_is_recorded_once()
    {
        var booked = Shipment.Booked(null, "ord-1", _book, "TRK1", refused: null);

        Assert.Equal("TRK1", Assert.IsType<ShipmentBooked>(Assert.Single(booked.Events)).TrackingNumber);
        Assert.Null(Shipment.Booked(booked.State, "ord-1", _book, "TRK1", refused: null).State);
    }

    [Fact]
    public void A_refusal_fails_the_order_and_needs_no_cancelling()
    {
        var refused = Shipment.Booked(null, "ord-1", _book, null, Some.Declined);

        Assert.IsType<ShipmentRefused>(Assert.Single(refused.Events));
        Assert.Null(Shipment.Cancelled(refused.State, "ord-1", _cancel).State);
    }

    [Fact]
    public void A_cancellation_before_its_booking_leaves_a_mark_that_refuses_it()
    {
        var cancelled = Shipment.Cancelled(null, "ord-1", _cancel);

        Assert.IsType<ShipmentCancelled>(Assert.Single(cancelled.Events));
        Assert.Null(Shipment.Booked(cancelled.State, "ord-1", _book, "TRK1", refused: null).State);
    }

    [Fact]
    public void A_booking_is_cancelled_once()
    {
        var booked = Shipment.Booked(null, "ord-1", _book, "TRK1", refused: null).State;
        var cancelled = Shipment.Cancelled(booked, "ord-1", _cancel);

        Assert.IsType<ShipmentCancelled>(Assert.Single(cancelled.Events));
        Assert.False(cancelled.State!.ToView().Booked);
        Assert.Null(Shipment.Cancelled(cancelled.State, "ord-1", _cancel).State);
    }
}
