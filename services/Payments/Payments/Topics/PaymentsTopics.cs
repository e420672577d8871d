using Catalog.Contracts;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults.Events;
using Shipping.Contracts;

namespace Payments.Topics;

/// <summary>The choreography's entrance: what Payments does when it hears of something.</summary>
public static class PaymentsTopics
{
    public static void MapTopics(this IEndpointRouteBuilder routes)
    {
        routes.SubscribeTo(CatalogEvents.Topic, CatalogEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<OrderPriced, OrderPayments>((priced, origin, payments, cancellationToken) => payments.CheckCreditAsync(priced.Order, priced.Total, origin, cancellationToken));

        routes.SubscribeTo(OrderingEvents.Topic, OrderingEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<OrderApproved, OrderPayments>((approved, origin, payments, cancellationToken) =>
                payments.AuthorizeAsync(approved.OrderId, new AuthorizePayment(approved.Style, approved.Terms), origin, cancellationToken))
            .On<ReturnAccepted, OrderPayments>((accepted, origin, payments, cancellationToken) =>
                payments.RefundAsync(accepted.OrderId, new RefundPayment(accepted.Style, accepted.ReturnId, accepted.Amount, accepted.Lines), origin, cancellationToken));

        routes.SubscribeTo(CancellationEvents.Topic, CancellationEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<CancellationRequested, OrderPayments>((cancellation, origin, payments, cancellationToken) =>
                payments.StopAsync(cancellation.OrderId, cancellation.Style, cancellation.Failure, origin, cancellationToken));

        routes.SubscribeTo(ShippingEvents.Topic, ShippingEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<ShipmentBooked, OrderPayments>((booked, origin, payments, cancellationToken) =>
                payments.CaptureAsync(booked.OrderId, new CapturePayment(booked.Style), origin, cancellationToken))
            .On<ShipmentRefused, OrderPayments>((refused, origin, payments, cancellationToken) =>
                payments.VoidAsync(refused.OrderId, new VoidPayment(refused.Style, refused.Failure), origin, cancellationToken))
            .On<ShipmentCancelled, OrderPayments>((cancelled, origin, payments, cancellationToken) =>
                payments.VoidAsync(cancelled.OrderId, new VoidPayment(cancelled.Style, cancelled.Failure), origin, cancellationToken));
    }
}
