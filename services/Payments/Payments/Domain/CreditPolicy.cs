using Ordering.Contracts;

namespace Payments.Domain;

/// <summary>Who may owe how much.</summary>
/// <param name="Limit">Pounds sterling for one order.</param>
public sealed record CreditPolicy(decimal Limit)
{
    /// <summary>Customers with this prefix are blocked: the switch with which a test or a demo sees a refusal.</summary>
    public const string BlockedPrefix = "BLOCKED";

    /// <summary>Why the customer may not owe the amount; null when they may.</summary>
    public Failure? Refuse(string customerId, decimal amount)
    {
        if (customerId.StartsWith(BlockedPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return new Failure(FailureCodes.CreditRefused, "The customer's account is blocked.", FailedEnd.Rejected);
        }

        return amount > Limit ? new Failure(FailureCodes.CreditRefused, $"£{amount} is more than the £{Limit} that an order may cost.", FailedEnd.Rejected) : null;
    }
}
