using Ordering.Contracts;
using ServiceDefaults;

namespace Ordering.Domain;

/// <summary>The rules from submission to the price.</summary>
public static class Submission
{
    private static Decision<Order> Nothing => Decision.Nothing;

    /// <summary>Takes an order in. The same again is the same order; another with the same id is refused.</summary>
    public static Decision<Order> Submit(Order? order, SubmitOrder command, ApprovalPolicy policy, DateTimeOffset now)
    {
        var within = policy.WithinFor(command.ApprovalWithin);
        if (order is null)
        {
            return new(new Order(command.Order, OrderState.Submitted, now, within).Note(now, "submitted"), new OrderSubmitted(command.Order, now));
        }

        return SameRequest(order.Details, command.Order) && order.ApprovalWithin == within
            ? Nothing
            : throw new ConflictException("This idempotency key was used for another order: repeat the same body, or choose another key.");
    }

    /// <summary>Keeps the prices, for returns.</summary>
    public static Decision<Order> Priced(Order order, IReadOnlyList<PricedLine> lines, decimal total, DateTimeOffset now) => order.PricedLines is null
        ? new((order with { PricedLines = lines, Amount = total }).Note(now, $"priced at £{total}"))
        : Nothing;

    /// <summary>Notes something that other services did.</summary>
    public static Decision<Order> Noted(Order order, string what, DateTimeOffset now) => order.Timeline.Any(entry => entry.What == what)
        ? Nothing
        : new(order.Note(now, what));

    // Records compare lists by reference, so the lines are compared by themselves.
    private static bool SameRequest(OrderDetails one, OrderDetails other) => one with { Lines = other.Lines } == other && one.Lines.SequenceEqual(other.Lines);
}
