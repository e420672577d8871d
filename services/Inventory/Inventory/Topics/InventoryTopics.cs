using Inventory.Contracts;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults.Events;

namespace Inventory.Topics;

/// <summary>The choreography's entrance: what Inventory does when it hears of something.</summary>
public static class InventoryTopics
{
    public static void MapTopics(this IEndpointRouteBuilder routes)
    {
        routes.SubscribeTo(PaymentsEvents.Topic, PaymentsEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<CreditApproved, Reservations>((credit, origin, reservations, cancellationToken) =>
                reservations.ReserveAsync(credit.OrderId, new ReserveStock(credit.Style, credit.Amount, credit.Order.Lines), origin, cancellationToken))
            .On<PaymentDeclined, Reservations>((declined, origin, reservations, cancellationToken) =>
                reservations.ReleaseAsync(declined.OrderId, new ReleaseStock(declined.Style, declined.Failure), origin, cancellationToken))
            .On<PaymentVoided, Reservations>((voided, origin, reservations, cancellationToken) =>
                reservations.ReleaseAsync(voided.OrderId, new ReleaseStock(voided.Style, voided.Failure), origin, cancellationToken))
            .On<PaymentCaptured, Reservations>((captured, origin, reservations, cancellationToken) =>
                reservations.ShipAsync(captured.OrderId, new ShipStock(captured.Style), origin, cancellationToken))
            .On<PaymentRefunded, Reservations>((refunded, origin, reservations, cancellationToken) =>
                reservations.ReturnAsync(refunded.OrderId, new RestockReturn(refunded.Style, refunded.ReturnId, refunded.Lines), origin, cancellationToken));

        routes.SubscribeTo(OrderingEvents.Topic, OrderingEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<ApprovalExpired, Reservations>((expired, origin, reservations, cancellationToken) =>
                reservations.ReleaseAsync(expired.OrderId, new ReleaseStock(expired.Style, expired.Failure), origin, cancellationToken));
    }
}
