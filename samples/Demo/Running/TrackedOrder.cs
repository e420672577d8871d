using Demo.Planning;
using Ordering.Contracts;

namespace Demo.Running;

/// <summary>An order of the run and what is known of it.</summary>
public sealed class TrackedOrder(PlannedOrder planned)
{
    /// <summary>What was planned.</summary>
    public PlannedOrder Planned => planned;

    /// <summary>Its id once it was accepted.</summary>
    public string? OrderId { get; set; }

    /// <summary>What Ordering said last.</summary>
    public OrderRow? Last { get; set; }

    /// <summary>It waited for a person, so its time to the end says nothing about the platform.</summary>
    public bool WaitedForApproval { get; set; }

    /// <summary>The planned return was accepted.</summary>
    public bool ReturnSent { get; set; }

    /// <summary>A return is planned for it if it completes.</summary>
    public bool WantsReturn => planned.Fate is Fate.ReturnedWhole or Fate.ReturnedPartly;

    /// <summary>Nothing more will happen to it. A complete order whose cancellation is on its way becomes a refunded one.</summary>
    public bool IsDone =>
        Last is { InBetween: false, EndedAt: not null } && (Last.State != OrderState.Completed || (planned.Fate != Fate.Cancelled && (!WantsReturn || ReturnSent)));

    /// <summary>Whether it ended as its fate allows; a shelf may always be empty, and a cancellation after completion is a refund.</summary>
    public bool EndedAsPlanned => Last is not null && (Last.State, planned.Fate) switch
    {
        (OrderState.Rejected, Fate.Cancelled or Fate.Plain or Fate.SubmittedTwice or Fate.FlakyPartners or Fate.LargeApproved or Fate.ReturnedWhole or Fate.ReturnedPartly) => true,
        (var state, Fate.Cancelled) => state is OrderState.Cancelled or OrderState.Refunded,
        (var state, Fate.ReturnedWhole) => state is OrderState.Refunded,
        (var state, Fate.ReturnedPartly) => state is OrderState.Completed or OrderState.Refunded,
        (var state, Fate.Plain or Fate.SubmittedTwice or Fate.FlakyPartners or Fate.LargeApproved) => state is OrderState.Completed,
        (var state, _) => state is OrderState.Rejected,
    };
}
