using System.Text.Json.Serialization;

namespace Ordering.Contracts;

/// <summary>Where an order stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderState>))]
public enum OrderState
{
    Submitted,
    AwaitingApproval,
    Approved,

    /// <summary>The approval deadline passed; what was done is being undone.</summary>
    Unwinding,
    Completed,
    Rejected,
    Cancelled,
    Refunded,
}

/// <summary>Submits an order.</summary>
/// <param name="Order">The order; its id was chosen by the caller, so a repeat is the same order.</param>
/// <param name="ApprovalWithin">How long a person has to approve a large order; null takes the configured time.</param>
public sealed record SubmitOrder(OrderDetails Order, TimeSpan? ApprovalWithin = null);

/// <summary>Approves a large order.</summary>
public sealed record ApproveOrder(string By);

/// <summary>Asks for the order to be undone.</summary>
public sealed record CancelOrder(string By);

/// <summary>Sends lines back. The id is the caller's: a repeat is the same return. No lines means everything that is left.</summary>
public sealed record ReturnOrder(string ReturnId, IReadOnlyList<OrderLine>? Lines = null);

/// <summary>The saga arrives at the approval gate with stock reserved.</summary>
public sealed record RequestApproval(decimal Amount, IReadOnlyList<PricedLine> Lines);

/// <summary>What the gate answers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ApprovalStatus>))]
public enum ApprovalStatus
{
    Approved,
    Waiting,
    Expired,

    /// <summary>The customer cancelled meanwhile.</summary>
    Cancelled,
}

/// <summary>The gate's answer.</summary>
public sealed record ApprovalAnswer(ApprovalStatus Status, DateTimeOffset? Deadline);

/// <summary>The saga gave up and has undone everything.</summary>
public sealed record EndOrder(Failure Failure);

/// <summary>What anyone may see of an order.</summary>
public sealed record OrderView(
    string OrderId,
    CoordinationStyle Style,
    OrderState State,
    string CustomerId,
    decimal? Amount,
    decimal Refunded,
    IReadOnlyList<OrderLine> Lines,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? ApprovalDeadline,
    bool CancellationRequested,
    bool InBetween,
    Failure? Failure,
    IReadOnlyList<ReturnView> Returns,
    IReadOnlyList<TimelineEntry> Timeline);

/// <summary>One return of an order.</summary>
public sealed record ReturnView(string ReturnId, IReadOnlyList<OrderLine> Lines, decimal Amount, bool Completed);

/// <summary>One thing that happened to an order, in the order in which Ordering heard of it.</summary>
public sealed record TimelineEntry(DateTimeOffset At, string What);

/// <summary>An order in a list, with what its books should say.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Style">Who drives it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Amount">Pounds sterling; null until it was priced.</param>
/// <param name="Refunded">Pounds sterling paid back.</param>
/// <param name="Kept">What the customer has: the lines of a completed order without those that came back.</param>
/// <param name="SubmittedAt">When it came in.</param>
/// <param name="EndedAt">When it ended, returns aside.</param>
/// <param name="InBetween">Whether something is still under way.</param>
public sealed record OrderSummary(
    string OrderId,
    CoordinationStyle Style,
    OrderState State,
    decimal? Amount,
    decimal Refunded,
    IReadOnlyList<OrderLine> Kept,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? EndedAt,
    bool InBetween);

/// <summary>A page of orders.</summary>
/// <param name="Orders">In no particular order.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next page; null at the end.</param>
public sealed record OrderPage(IReadOnlyList<OrderSummary> Orders, string? Next);

/// <summary>Deadlines that were scheduled again.</summary>
/// <param name="Orders">Choreographed orders that wait for approval.</param>
public sealed record RenewedDeadlines(int Orders);
