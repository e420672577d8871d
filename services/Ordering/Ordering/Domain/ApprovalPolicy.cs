namespace Ordering.Domain;

/// <summary>Which orders a person has to approve, and how long there is for it.</summary>
/// <param name="Threshold">Pounds sterling; an order above it is large.</param>
/// <param name="Within">How long a person has, unless the order says otherwise.</param>
/// <param name="Shortest">The shortest time an order may ask for.</param>
/// <param name="Longest">The longest time an order may ask for.</param>
public sealed record ApprovalPolicy(decimal Threshold, TimeSpan Within, TimeSpan Shortest, TimeSpan Longest)
{
    /// <summary>Reads the section <c>Approval</c>.</summary>
    public static ApprovalPolicy From(IConfiguration configuration) => new(
        configuration.GetValue("Approval:Threshold", 1_000m),
        configuration.GetValue("Approval:Within", TimeSpan.FromMinutes(15)),
        configuration.GetValue("Approval:Shortest", TimeSpan.FromSeconds(1)),
        configuration.GetValue("Approval:Longest", TimeSpan.FromDays(7)));

    public bool IsLarge(decimal amount) => amount > Threshold;

    /// <summary>The time for one order, within bounds.</summary>
    public TimeSpan WithinFor(TimeSpan? asked) => asked is not { } time ? Within : time < Shortest ? Shortest : time > Longest ? Longest : time;
}
