namespace Ordering.Contracts;

/// <summary>What Ordering publishes, on the topic <see cref="Topic"/>.</summary>
public static class OrderingEvents
{
    public const string Topic = "ordering";

    /// <summary>CloudEvent type and record of every event on the topic.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["ordering.order-submitted.v1"] = typeof(OrderSubmitted),
        ["ordering.approval-requested.v1"] = typeof(ApprovalRequested),
        ["ordering.order-approved.v1"] = typeof(OrderApproved),
        ["ordering.approval-expired.v1"] = typeof(ApprovalExpired),
        ["ordering.order-completed.v1"] = typeof(OrderCompleted),
        ["ordering.order-rejected.v1"] = typeof(OrderRejected),
        ["ordering.order-cancelled.v1"] = typeof(OrderCancelled),
        ["ordering.return-accepted.v1"] = typeof(ReturnAccepted),
        ["ordering.return-completed.v1"] = typeof(ReturnCompleted),
        ["ordering.order-refunded.v1"] = typeof(OrderRefunded),
    };
}

public sealed record OrderSubmitted(OrderDetails Order, DateTimeOffset At) : IOrderEvent
{
    public string OrderId => Order.OrderId;

    public CoordinationStyle Style => Order.Style;
}

/// <summary>The order is large: a person has until <paramref name="Deadline"/> to approve it.</summary>
public sealed record ApprovalRequested(string OrderId, CoordinationStyle Style, string CustomerId, decimal Amount, DateTimeOffset Deadline) : IOrderEvent;

/// <summary>The order may be paid and shipped.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Style">Who drives it.</param>
/// <param name="Terms">What payment and shipping need to know.</param>
/// <param name="ApprovedBy">The person, or null where the amount needed none.</param>
public sealed record OrderApproved(string OrderId, CoordinationStyle Style, OrderTerms Terms, string? ApprovedBy) : IOrderEvent;

/// <summary>What payment and shipping need to know of an order.</summary>
/// <param name="CustomerId">The customer's reference.</param>
/// <param name="Amount">Pounds sterling.</param>
/// <param name="PaymentMethod">A token of the payment provider.</param>
/// <param name="ShipTo">Where the parcel goes.</param>
/// <param name="Pieces">How many pieces the parcel holds.</param>
public sealed record OrderTerms(string CustomerId, decimal Amount, string PaymentMethod, Address ShipTo, int Pieces);

/// <summary>Nobody approved the order in time.</summary>
public sealed record ApprovalExpired(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>The customer wants the order undone. Payments decides whether that is still possible: capture is the pivot.</summary>
public sealed record CancellationRequested(string OrderId, CoordinationStyle Style, string By, Failure Failure) : IOrderEvent;

public sealed record OrderCompleted(string OrderId, CoordinationStyle Style, string CustomerId, decimal Amount) : IOrderEvent;

public sealed record OrderRejected(string OrderId, CoordinationStyle Style, string CustomerId, Failure Failure) : IOrderEvent;

public sealed record OrderCancelled(string OrderId, CoordinationStyle Style, string CustomerId, Failure Failure) : IOrderEvent;

/// <summary>The customer sends these lines back; refund and stock follow.</summary>
public sealed record ReturnAccepted(string OrderId, CoordinationStyle Style, string ReturnId, IReadOnlyList<OrderLine> Lines, decimal Amount) : IOrderEvent
{
    public string EventId => $"{OrderId}:{nameof(ReturnAccepted)}:{ReturnId}";
}

public sealed record ReturnCompleted(string OrderId, CoordinationStyle Style, string ReturnId, decimal Amount) : IOrderEvent
{
    public string EventId => $"{OrderId}:{nameof(ReturnCompleted)}:{ReturnId}";
}

/// <summary>Everything came back and was refunded.</summary>
public sealed record OrderRefunded(string OrderId, CoordinationStyle Style, string CustomerId, decimal Amount) : IOrderEvent;
