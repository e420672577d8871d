using Catalog.Contracts;
using Inventory.Contracts;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults.Events;
using ServiceDefaults.State;
using Shipping.Contracts;

namespace Ordering.Topics;

/// <summary>
/// What Ordering hears of the others. It notes the steps of every order; where nobody drives the order it also takes the decisions that are its own: the gate, the end, the end of a return.
/// </summary>
public static class OrderingTopics
{
    public static void MapTopics(this IEndpointRouteBuilder routes)
    {
        routes.SubscribeTo(CatalogEvents.Topic, CatalogEvents.Types)
            .On<OrderPriced, Orders>((priced, origin, orders, cancellationToken) => orders.PricedAsync(priced.OrderId, priced.Lines, priced.Total, origin, cancellationToken))
            .On<PricingFailed, Orders>((failed, origin, orders, cancellationToken) => EndAsync(orders, failed, failed.Failure, "could not be priced", origin, cancellationToken));

        routes.SubscribeTo(PaymentsEvents.Topic, PaymentsEvents.Types)
            .On<CreditApproved, Orders>((approved, origin, orders, cancellationToken) => orders.NoteAsync(approved.OrderId, "credit approved", origin, cancellationToken))
            .On<CreditRefused, Orders>((refused, origin, orders, cancellationToken) => EndAsync(orders, refused, refused.Failure, "credit refused", origin, cancellationToken))
            .On<PaymentAuthorized, Orders>((authorized, origin, orders, cancellationToken) => orders.NoteAsync(authorized.OrderId, "payment authorized", origin, cancellationToken))
            .On<PaymentDeclined, Orders>((declined, origin, orders, cancellationToken) => orders.NoteAsync(declined.OrderId, "payment declined", origin, cancellationToken))
            .On<PaymentCaptured, Orders>((captured, origin, orders, cancellationToken) => orders.NoteAsync(captured.OrderId, "payment captured", origin, cancellationToken))
            .On<CaptureFailed, Orders>((failed, origin, orders, cancellationToken) => orders.NoteAsync(failed.OrderId, "capture failed", origin, cancellationToken))
            .On<PaymentVoided, Orders>((voided, origin, orders, cancellationToken) => orders.NoteAsync(voided.OrderId, "payment voided", origin, cancellationToken))
            .On<CancellationTooLate, Orders>((late, origin, orders, cancellationToken) =>
                orders.NoteAsync(late.OrderId, "cancellation came after the payment: it will be refunded", origin, cancellationToken));

        routes.SubscribeTo(ShippingEvents.Topic, ShippingEvents.Types)
            .On<ShipmentBooked, Orders>((booked, origin, orders, cancellationToken) => orders.NoteAsync(booked.OrderId, $"shipment booked: {booked.TrackingNumber}", origin, cancellationToken))
            .On<ShipmentRefused, Orders>((refused, origin, orders, cancellationToken) => orders.NoteAsync(refused.OrderId, "shipment refused", origin, cancellationToken))
            .On<ShipmentCancelled, Orders>((cancelled, origin, orders, cancellationToken) => orders.NoteAsync(cancelled.OrderId, "shipment cancelled", origin, cancellationToken));

        routes.SubscribeTo(InventoryEvents.Topic, InventoryEvents.Types)
            .On<StockReserved, Orders>((reserved, origin, orders, cancellationToken) => OrderEvents.IsChoreographed(reserved)
                ? orders.ArriveAsync(reserved.OrderId, reserved.Amount, origin, cancellationToken)
                : orders.NoteAsync(reserved.OrderId, "stock reserved", origin, cancellationToken))
            .On<StockRefused, Orders>((refused, origin, orders, cancellationToken) => EndAsync(orders, refused, refused.Failure, "not enough stock", origin, cancellationToken))
            .On<StockReleased, Orders>((released, origin, orders, cancellationToken) => EndAsync(orders, released, released.Failure, "stock released", origin, cancellationToken))
            .On<StockShipped, Orders>((shipped, origin, orders, cancellationToken) => OrderEvents.IsChoreographed(shipped)
                ? orders.CompleteAsync(shipped.OrderId, origin, cancellationToken)
                : orders.NoteAsync(shipped.OrderId, "stock shipped", origin, cancellationToken))
            .On<StockReturned, Orders>((returned, origin, orders, cancellationToken) => OrderEvents.IsChoreographed(returned)
                ? orders.CloseReturnAsync(returned.OrderId, returned.ReturnId, origin, cancellationToken)
                : orders.NoteAsync(returned.OrderId, $"stock of return {returned.ReturnId} is back", origin, cancellationToken));
    }

    /// <summary>These facts are the last of an unsuccessful order: without a saga, Ordering ends it on hearing them.</summary>
    private static Task EndAsync(Orders orders, IOrderEvent fact, Failure failure, string what, Origin origin, CancellationToken cancellationToken) => OrderEvents.IsChoreographed(fact)
        ? orders.EndAsync(fact.OrderId, failure, origin, cancellationToken)
        : orders.NoteAsync(fact.OrderId, what, origin, cancellationToken);
}
