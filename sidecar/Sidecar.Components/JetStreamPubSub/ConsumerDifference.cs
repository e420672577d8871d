using System.Globalization;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>Whether an existing consumer is the one we would make, by the rules of the Go client: what is not asked for may be anything, and the deliver subject is never compared.</summary>
internal static class ConsumerDifference
{
    /// <summary>The first setting that differs, for a message; null when there is none.</summary>
    public static string? Find(ConsumerConfig found, ConsumerConfig wanted) =>
        Of("deliverPolicy", wanted.DeliverPolicy, found.DeliverPolicy)
        ?? Of("startSequence", wanted.StartSequence, found.StartSequence)
        ?? Of("startTime", wanted.StartTime, found.StartTime)
        ?? Of("ackPolicy", wanted.AckPolicy, found.AckPolicy)
        ?? Of("ackWait (ns)", wanted.AckWait, found.AckWait)
        ?? Of("maxDeliver", wanted.MaxDeliver is > 0 ? wanted.MaxDeliver : null, found.MaxDeliver)
        ?? Of("rateLimit", wanted.RateLimit, found.RateLimit)
        ?? Of("maxAckPending", wanted.MaxAckPending is > 0 ? wanted.MaxAckPending : null, found.MaxAckPending)
        ?? Of("flowControl", wanted.FlowControl, found.FlowControl)
        ?? Of("heartbeat (ns)", wanted.Heartbeat, found.Heartbeat)
        ?? Of("replicas", wanted.Replicas, found.Replicas)
        ?? Of("memoryStorage", wanted.MemoryStorage, found.MemoryStorage)
        ?? Of("topic", wanted.FilterSubject, found.FilterSubject)
        ?? Group(found.DeliverGroup, wanted.DeliverGroup);

    private static string? Of<T>(string key, T? wanted, T? found) =>
        wanted is null || wanted.Equals(found) ? null : string.Create(CultureInfo.InvariantCulture, $"{key} is {found?.ToString() ?? "not set"} there and {wanted} here");

    private static string? Group(string? found, string? wanted) =>
        found == wanted ? null : $"queueGroupName is {found ?? "not set"} there and {wanted ?? "not set"} here";
}
