using System.Collections.Frozen;
using System.Diagnostics;
using System.Text;
using Dapr.Protocol.Grpc;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.PubSub;

/// <summary>Headers of a delivery: what the broker tells of the message, the component's name and the trace.</summary>
internal static class DeliveryHeaders
{
    /// <summary>Headers that are the sidecar's to set.</summary>
    private static readonly FrozenSet<string> s_reserved = FrozenSet.ToFrozenSet(
        ["host", "connection", "content-length", "content-type", "transfer-encoding", "expect", "upgrade", "traceparent", "tracestate", "dapr-api-token", "pubsubname"],
        StringComparer.OrdinalIgnoreCase);

    public static void Apply(HttpRequestMessage request, string pubSubName, IReadOnlyDictionary<string, string> metadata, string? traceParent, string? traceState)
    {
        request.Headers.TryAddWithoutValidation("pubsubName", pubSubName);
        foreach (var (name, value) in metadata)
        {
            // HTTP cannot carry other characters in a header.
            if (!s_reserved.Contains(name) && Ascii.IsValid(value))
                request.Headers.TryAddWithoutValidation(name, value);
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span)
            (traceParent, traceState) = (span.Id, span.TraceStateString);
        if (!string.IsNullOrEmpty(traceParent))
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        if (!string.IsNullOrEmpty(traceState))
            request.Headers.TryAddWithoutValidation("tracestate", traceState);
    }

    /// <summary>The same as metadata of a gRPC call.</summary>
    public static GrpcMetadata ToMetadata(string pubSubName, IReadOnlyDictionary<string, string> metadata, in EventFields fields)
    {
        var sent = new GrpcMetadata { { "pubsubname", pubSubName } };
        foreach (var (name, value) in metadata)
        {
            if (!s_reserved.Contains(name))
                sent.TryAdd(name, value);
        }

        SidecarTracing.Inject(sent, fields.TraceParent, fields.TraceState);
        return sent;
    }

    /// <summary>A span for a delivery that goes on with the publisher's trace.</summary>
    public static Activity? StartSpan(string topic, in EventFields fields)
    {
        ActivityContext.TryParse(fields.TraceParent, fields.TraceState, isRemote: true, out var parent);
        return EventTrace.Source.StartActivity("pubsub/" + topic, ActivityKind.Consumer, parent)
            ?.SetTag("messaging.system", "pubsub").SetTag("messaging.destination", topic);
    }
}
