using System.Diagnostics;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Bindings;

/// <summary>Request metadata of a binding, with the trace that the call belongs to: a binding may pass it on.</summary>
internal static class TracedMetadata
{
    /// <param name="metadata">What the caller said.</param>
    /// <param name="caller">The caller's trace, for a sidecar that makes no spans.</param>
    public static Dictionary<string, string> Of(IEnumerable<KeyValuePair<string, string>>? metadata, string? caller)
    {
        var traced = new Dictionary<string, string>(metadata ?? [], StringComparer.Ordinal);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            traced[SidecarTracing.TraceParent] = id;
        else if (!string.IsNullOrEmpty(caller))
            traced[SidecarTracing.TraceParent] = caller;
        return traced;
    }
}
