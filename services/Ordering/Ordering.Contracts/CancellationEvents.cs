namespace Ordering.Contracts;

/// <summary>
/// A wish to cancel has a topic of its own. On the topic of the other order events it would wait behind an event of the same order that a service cannot handle yet, because a partner is
/// down for instance, and come too late although the customer was early.
/// </summary>
public static class CancellationEvents
{
    public const string Topic = "cancellations";

    /// <summary>CloudEvent type and record of every event on the topic.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["ordering.cancellation-requested.v1"] = typeof(CancellationRequested),
    };
}
