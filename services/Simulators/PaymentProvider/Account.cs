namespace PaymentProvider;

/// <summary>What the provider knows of one merchant reference.</summary>
/// <param name="Reference">The merchant's reference: an order.</param>
/// <param name="Method">The token that was charged.</param>
/// <param name="Authorized">Pounds sterling that were authorized, whatever became of them.</param>
/// <param name="Captured">Pounds sterling taken.</param>
/// <param name="IsVoided">Nothing is held and nothing will be.</param>
/// <param name="Refunds">Pounds sterling paid back, by idempotency key.</param>
public sealed record Account(string Reference, string Method, decimal Authorized, decimal Captured, bool IsVoided, IReadOnlyDictionary<string, decimal> Refunds)
{
    public static Account None(string reference) => new(reference, string.Empty, 0, 0, false, new Dictionary<string, decimal>());

    public BookView ToView() => new(Reference, IsVoided || Captured > 0 ? 0 : Authorized, Captured, Refunds.Values.Sum());

    /// <summary>The books replayed: what an accepted entry does to an account.</summary>
    public Account With(Entry entry) => entry.Operation switch
    {
        "authorize" => this with { Method = entry.Method ?? Method, Authorized = entry.Amount },
        "capture" => this with { Captured = entry.Amount },
        "void" => this with { IsVoided = true },
        "refund" => this with { Refunds = new Dictionary<string, decimal>(Refunds) { [entry.IdempotencyKey] = entry.Amount } },
        _ => this,
    };
}

/// <summary>One line of the books. Declined requests are written too, with no effect.</summary>
public sealed record Entry(DateTimeOffset At, string Reference, string Operation, string IdempotencyKey, decimal Amount, string? Method, bool Accepted, string? Reason);

/// <summary>What the provider holds, took and paid back for one reference.</summary>
public sealed record BookView(string Reference, decimal Held, decimal Captured, decimal Refunded);
