using System.Text.Json.Serialization;
using Ordering.Contracts;

namespace Ordering.Domain;

/// <summary>One order: what was asked for, where it stands, and what has happened to it.</summary>
/// <param name="Details">What the customer asked for.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SubmittedAt">When it came in.</param>
/// <param name="ApprovalWithin">How long a person has to approve it.</param>
public sealed record Order(OrderDetails Details, OrderState State, DateTimeOffset SubmittedAt, TimeSpan ApprovalWithin)
{
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Pounds sterling; null until Catalog has priced the order.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The lines with their prices; null until Catalog has priced the order.</summary>
    public IReadOnlyList<PricedLine>? PricedLines { get; init; }

    /// <summary>Set when the order arrived at the approval gate and has to wait there.</summary>
    public DateTimeOffset? ApprovalDeadline { get; init; }

    /// <summary>Who approved it; it may be set before the order arrives at the gate.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Who asked for it to be undone.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>Why it did not complete.</summary>
    public Failure? Failure { get; init; }

    public IReadOnlyList<OrderReturn> Returns { get; init; } = [];

    public IReadOnlyList<TimelineEntry> Timeline { get; init; } = [];

    [JsonIgnore]
    public string Id => Details.OrderId;

    /// <summary>Nothing more will happen to it, returns aside.</summary>
    [JsonIgnore]
    public bool HasEnded => State is OrderState.Completed or OrderState.Rejected or OrderState.Cancelled or OrderState.Refunded;

    /// <summary>Something is still under way.</summary>
    [JsonIgnore]
    public bool InBetween => !HasEnded || Returns.Any(entry => !entry.Completed);

    /// <summary>Pounds sterling paid back.</summary>
    [JsonIgnore]
    public decimal Refunded => Returns.Where(entry => entry.Completed).Sum(entry => entry.Amount);

    public Order Note(DateTimeOffset at, string what) => this with { Timeline = [.. Timeline, new TimelineEntry(at, what)] };

    public OrderView ToView() => new(
        Id,
        Details.Style,
        State,
        Details.CustomerId,
        Amount,
        Refunded,
        Details.Lines,
        SubmittedAt,
        EndedAt,
        ApprovalDeadline,
        CancelledBy is not null,
        InBetween,
        Failure,
        [.. Returns.Select(entry => new ReturnView(entry.ReturnId, entry.Lines, entry.Amount, entry.Completed))],
        Timeline);

    public OrderSummary ToSummary() => new(Id, Details.Style, State, Amount, Refunded, Returning.Kept(this), SubmittedAt, EndedAt, InBetween);
}

/// <summary>Lines on their way back.</summary>
public sealed record OrderReturn(string ReturnId, IReadOnlyList<OrderLine> Lines, decimal Amount, bool Completed);
