using Ordering.Contracts;
using ServiceDefaults.Events;

namespace OrderSaga.Topics;

/// <summary>The only events that the orchestrated style reacts to: an order begins, and people decide.</summary>
public static class OrderingTopic
{
    public static void MapOrderingTopic(this IEndpointRouteBuilder routes)
    {
        routes.SubscribeTo(OrderingEvents.Topic, OrderingEvents.Types)
            .Where(@event => !OrderEvents.IsChoreographed(@event))
            .On<OrderSubmitted, Sagas>((submitted, _, sagas, cancellationToken) => sagas.StartAsync(submitted.Order, cancellationToken))
            .On<OrderApproved, Sagas>((approved, _, sagas, cancellationToken) => approved.ApprovedBy is null
                ? Task.CompletedTask
                : sagas.RaiseAsync(approved.OrderId, OrderWorkflow.ApprovedEvent, approved, cancellationToken))
            .On<ReturnAccepted, Sagas>((accepted, _, sagas, cancellationToken) => sagas.StartAsync(accepted, cancellationToken));

        routes.SubscribeTo(CancellationEvents.Topic, CancellationEvents.Types)
            .Where(@event => !OrderEvents.IsChoreographed(@event))
            .On<CancellationRequested, Sagas>((cancellation, _, sagas, cancellationToken) =>
                sagas.RaiseAsync(cancellation.OrderId, OrderWorkflow.CancelEvent, cancellation, cancellationToken));
    }
}
