using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults.Events;
using Shipping.Contracts;

namespace Shipping.Topics;

/// <summary>The choreography's entrance: what Shipping does when it hears of something.</summary>
public static class ShippingTopics
{
    public static void MapTopics(this IEndpointRouteBuilder routes) =>
        routes.SubscribeTo(PaymentsEvents.Topic, PaymentsEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<PaymentAuthorized, Shipments>((authorized, origin, shipments, cancellationToken) =>
                shipments.BookAsync(authorized.OrderId, new BookShipment(authorized.Style, authorized.Terms.ShipTo, authorized.Terms.Pieces), origin, cancellationToken))
            .On<CaptureFailed, Shipments>((failed, origin, shipments, cancellationToken) =>
                shipments.CancelAsync(failed.OrderId, new CancelShipment(failed.Style, failed.Failure), origin, cancellationToken))
            .On<PaymentStopped, Shipments>((stopped, origin, shipments, cancellationToken) =>
                shipments.CancelAsync(stopped.OrderId, new CancelShipment(stopped.Style, stopped.Failure), origin, cancellationToken));
}
