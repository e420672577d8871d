using Ordering.Contracts;
using ServiceDefaults.Events;
using ServiceDefaults.State;

namespace Notifications.Topics;

/// <summary>What the customer hears of, in either style.</summary>
public static class OrderingTopic
{
    public static void MapOrderingTopic(this IEndpointRouteBuilder routes) =>
        routes.SubscribeTo(OrderingEvents.Topic, OrderingEvents.Types)
            .On<OrderSubmitted, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, "We have your order.", origin, cancellationToken))
            .On<ApprovalRequested, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, $"Your order over £{fact.Amount} waits for approval.", origin, cancellationToken))
            .On<OrderCompleted, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, $"Your order is paid (£{fact.Amount}) and on its way.", origin, cancellationToken))
            .On<OrderRejected, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, $"We could not accept your order: {fact.Failure.Detail}", origin, cancellationToken))
            .On<OrderCancelled, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, "Your order is cancelled; you were not charged.", origin, cancellationToken))
            .On<ReturnCompleted, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, $"Return {fact.ReturnId}: we paid back £{fact.Amount}.", origin, cancellationToken))
            .On<OrderRefunded, CustomerLogs>((fact, origin, logs, cancellationToken) => Tell(logs, fact, $"Your order is refunded in full (£{fact.Amount}).", origin, cancellationToken));

    private static Task Tell(CustomerLogs logs, IOrderEvent fact, string text, Origin origin, CancellationToken cancellationToken) =>
        logs.TellAsync(fact.OrderId, text, origin, cancellationToken);
}
