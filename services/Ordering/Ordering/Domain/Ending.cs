using Ordering.Contracts;
using ServiceDefaults;

namespace Ordering.Domain;

/// <summary>The rules for how an order ends, and for the customer's wish to have it undone.</summary>
public static class Ending
{
    /// <summary>Return id of the refund that a cancellation after the capture turns into.</summary>
    public const string CancellationReturn = "cancellation";

    /// <summary>Everything went well. A cancellation that Payments found too late becomes a return of everything.</summary>
    public static Decision<Order> Complete(Order order, DateTimeOffset now)
    {
        if (order.HasEnded)
        {
            return Decision.Nothing;
        }

        var completed = (order with { State = OrderState.Completed, EndedAt = now, Failure = null }).Note(now, "completed");
        var fact = new OrderCompleted(order.Id, order.Details.Style, order.Details.CustomerId, order.Amount ?? 0);
        if (order.CancelledBy is null)
        {
            return new(completed, fact);
        }

        var returned = Returning.AcceptAll(completed, CancellationReturn, now);
        return new(returned.State ?? completed, [fact, .. returned.Events]);
    }

    /// <summary>It failed and everything is undone. A customer who was told that the order is being cancelled finds it cancelled.</summary>
    public static Decision<Order> End(Order order, Failure failure, DateTimeOffset now)
    {
        if (order.HasEnded)
        {
            return Decision.Nothing;
        }

        var cancelled = failure.EndsAs == FailedEnd.Cancelled || order.CancelledBy is not null;
        var ended = order with { State = cancelled ? OrderState.Cancelled : OrderState.Rejected, EndedAt = now, Failure = failure };
        return cancelled
            ? new(ended.Note(now, $"cancelled: {failure.Detail}"), new OrderCancelled(order.Id, order.Details.Style, order.Details.CustomerId, failure))
            : new(ended.Note(now, $"rejected: {failure.Detail}"), new OrderRejected(order.Id, order.Details.Style, order.Details.CustomerId, failure));
    }

    /// <summary>The customer wants it undone. Whether that is still possible is decided in Payments; after completion it is a return of everything that is left.</summary>
    public static Decision<Order> Cancel(Order order, string by, DateTimeOffset now)
    {
        switch (order.State)
        {
            case OrderState.Completed when Returning.HasSomethingLeft(order):
                return Returning.AcceptAll((order with { CancelledBy = by }).Note(now, $"cancelled by {by} after completion"), CancellationReturn, now);
            case OrderState.Completed or OrderState.Refunded or OrderState.Cancelled:
                return Decision.Nothing;
            case OrderState.Rejected or OrderState.Unwinding:
                throw new ConflictException($"Order {order.Id} cannot be cancelled any more: {order.Failure?.Detail}");
            default:
                if (order.CancelledBy is not null)
                {
                    return Decision.Nothing;
                }

                var failure = new Failure(FailureCodes.CancelledByCustomer, $"Cancelled by {by}.", FailedEnd.Cancelled);
                return new(
                    (order with { CancelledBy = by }).Note(now, $"cancellation requested by {by}"),
                    new CancellationRequested(order.Id, order.Details.Style, by, failure));
        }
    }
}
