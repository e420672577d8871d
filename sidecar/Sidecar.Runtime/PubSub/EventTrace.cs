using System.Diagnostics;
using System.Security.Cryptography;

namespace Sidecar.Runtime.PubSub;

/// <summary>W3C trace context of a publish, as the event carries it.</summary>
/// <param name="Parent"><c>traceparent</c>.</param>
/// <param name="State"><c>tracestate</c>, or empty.</param>
public readonly record struct EventTrace(string Parent, string State)
{
    /// <summary>Spans of the sidecar.</summary>
    internal static ActivitySource Source { get; } = new("Sidecar");

    /// <summary>The span under way, else what the caller sent, else a new unsampled trace: an event always has one.</summary>
    public static EventTrace Current(string? traceParent, string? traceState)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity)
            return new EventTrace(id, activity.TraceStateString ?? "");
        if (traceParent is not null && ActivityContext.TryParse(traceParent, traceState, out _))
            return new EventTrace(traceParent, traceState ?? "");
        Span<byte> random = stackalloc byte[24];
        RandomNumberGenerator.Fill(random);
        return new EventTrace($"00-{Convert.ToHexStringLower(random[..16])}-{Convert.ToHexStringLower(random[16..])}-00", "");
    }
}
