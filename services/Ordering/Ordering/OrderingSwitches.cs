using Ordering.Domain;
using ServiceDefaults.Switches;

namespace Ordering;

/// <summary>What an operator changes of Ordering while it runs; docs/feature-switches.md says it to them.</summary>
public sealed class OrderingSwitches(ApprovalPolicy policy)
{
    public FeatureSwitch<decimal> ApprovalThreshold { get; } =
        new("approval-threshold", "Orders above this many pounds sterling wait for a person's approval; orders that wait already go on waiting.", policy.Threshold);

    public FeatureSwitch<bool> NewOrdersPaused { get; } =
        new("new-orders-paused", "While it is true new orders are refused with 503, to be submitted again; orders that are there already go on.", false);

    /// <summary>The policy now. One decision takes it once.</summary>
    public ApprovalPolicy Policy => policy with { Threshold = ApprovalThreshold.Value };
}
