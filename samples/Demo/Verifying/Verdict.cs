using System.Text.Json;
using System.Text.Json.Serialization;
using Demo.Running;

namespace Demo.Verifying;

/// <summary>What <c>./run verify</c> found: what <c>--json</c> prints.</summary>
/// <param name="Platform"><c>running</c> or <c>stopped</c>.</param>
/// <param name="Orders">Orders looked at.</param>
/// <param name="Stuck">Orders that are still in between.</param>
/// <param name="Invariants">What holds.</param>
/// <param name="Details">The first differences, in words.</param>
public sealed record Verdict(string Platform, int Orders, int Stuck, VerifiedInvariants Invariants, IReadOnlyList<string> Details)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Everything holds.</summary>
    [JsonIgnore]
    public bool IsGood => Stuck == 0 && Invariants is { Stock: true, Money: true, Shipments: true };

    /// <summary>The verdict on an audit.</summary>
    public static Verdict Of(AuditReport audit, bool wasRunning) => new(
        wasRunning ? "running" : "stopped", audit.Orders, audit.Stuck, new VerifiedInvariants(audit.Stock, audit.Money, audit.Shipments), audit.Details);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>For a person.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"  {Mark(Invariants.Stock)} stock       on hand + reserved + shipped is what each product opened with, and what was shipped is what customers have";
        yield return $"  {Mark(Invariants.Money)} money       Ordering, Payments and the provider's own books agree on every order that has ended";
        yield return $"  {Mark(Invariants.Shipments)} shipments   Ordering, Shipping and the carrier's own books agree on every order that has ended";
        yield return $"  {Mark(Stuck == 0)} in between  {Stuck} of {Orders} orders";
        foreach (var detail in Details)
            yield return $"    {detail}";
        yield return IsGood ? "All invariants hold." : "Not all invariants hold.";
    }

    private static string Mark(bool holds) => holds ? "ok " : "NOT";
}

/// <summary>What holds, by name.</summary>
public sealed record VerifiedInvariants(bool Stock, bool Money, bool Shipments);
