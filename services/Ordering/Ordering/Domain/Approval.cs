using Ordering.Contracts;
using ServiceDefaults;

namespace Ordering.Domain;

/// <summary>The rules of the gate between reserved stock and payment: large orders wait here for a person.</summary>
public static class Approval
{
    /// <summary>Whether the order would have to wait at the gate now.</summary>
    public static bool MustWait(Order order, decimal amount, ApprovalPolicy policy) =>
        order is { State: OrderState.Submitted, CancelledBy: null, ApprovedBy: null } && policy.IsLarge(amount);

    /// <summary>The order arrives at the gate with its stock reserved.</summary>
    public static Decision<Order> Arrive(Order order, decimal amount, ApprovalPolicy policy, DateTimeOffset deadline, DateTimeOffset now)
    {
        if (order.State != OrderState.Submitted || order.CancelledBy is not null)
        {
            // A repeat, or the order is being undone: a cancellation that Payments has judged stops it anyway.
            return Decision.Nothing;
        }

        var priced = order with { Amount = amount };
        if (MustWait(order, amount, policy))
        {
            return new(
                (priced with { State = OrderState.AwaitingApproval, ApprovalDeadline = deadline }).Note(now, "waiting for approval"),
                new ApprovalRequested(order.Id, order.Details.Style, order.Details.CustomerId, amount, deadline));
        }

        return Pass(priced, order.ApprovedBy, now);
    }

    /// <summary>A person approves. Before the order arrives at the gate the approval is kept for it.</summary>
    public static Decision<Order> Approve(Order order, string by, DateTimeOffset now) => order switch
    {
        { CancelledBy: not null } => throw new ConflictException($"Order {order.Id} is being cancelled."),
        { State: OrderState.Submitted, ApprovedBy: null } => new((order with { ApprovedBy = by }).Note(now, $"approved by {by} ahead of time")),
        { State: OrderState.Submitted or OrderState.Approved or OrderState.Completed or OrderState.Refunded } => Decision.Nothing,
        { State: OrderState.AwaitingApproval } when now > order.ApprovalDeadline => throw new ConflictException($"The deadline for approving order {order.Id} has passed."),
        { State: OrderState.AwaitingApproval } => Pass(order with { ApprovedBy = by }, by, now),
        _ => throw new ConflictException($"Order {order.Id} cannot be approved any more: it is {order.State}."),
    };

    /// <summary>The deadline has come. An approval that was there first stands.</summary>
    public static Decision<Order> Expire(Order order, DateTimeOffset now)
    {
        if (order.State == OrderState.Submitted)
        {
            throw new MissingDependencyException($"order {order.Id} has not arrived at the gate yet");
        }

        if (order.State != OrderState.AwaitingApproval)
        {
            return Decision.Nothing;
        }

        if (now < order.ApprovalDeadline)
        {
            throw new MissingDependencyException($"order {order.Id} may be approved until {order.ApprovalDeadline:O}");
        }

        var failure = new Failure(FailureCodes.ApprovalExpired, "Nobody approved the order in time.", FailedEnd.Rejected);
        return new(
            (order with { State = OrderState.Unwinding, Failure = failure }).Note(now, "approval deadline passed"),
            new ApprovalExpired(order.Id, order.Details.Style, failure));
    }

    /// <summary>How the gate stands for the saga.</summary>
    public static ApprovalAnswer Answer(Order order) => order switch
    {
        { State: OrderState.AwaitingApproval, CancelledBy: null } => new(ApprovalStatus.Waiting, order.ApprovalDeadline),
        { State: OrderState.Approved or OrderState.Completed or OrderState.Refunded } => new(ApprovalStatus.Approved, order.ApprovalDeadline),
        { State: OrderState.Unwinding } => new(ApprovalStatus.Expired, order.ApprovalDeadline),
        _ => new(ApprovalStatus.Cancelled, order.ApprovalDeadline),
    };

    private static Decision<Order> Pass(Order order, string? by, DateTimeOffset now)
    {
        var details = order.Details;
        var terms = new OrderTerms(details.CustomerId, order.Amount!.Value, details.PaymentMethod, details.ShipTo, details.Lines.Sum(line => line.Quantity));
        return new(
            (order with { State = OrderState.Approved, ApprovedBy = by }).Note(now, by is null ? "needs no approval" : $"approved by {by}"),
            new OrderApproved(order.Id, details.Style, terms, by));
    }
}
