using System.Collections.Frozen;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Telemetry;
using Enum = System.Enum;
using HttpVerb = Dapr.Protocol.Common.V1.HTTPExtension.Types.Verb;

namespace Sidecar.Runtime.Invocation;

/// <summary>Service invocation of an app that speaks gRPC: <c>AppCallback/OnInvoke</c>.</summary>
internal static class GrpcAppInvocation
{
    /// <summary>HTTP's own headers, which become <c>dapr-…</c> metadata: as they are they would say something of the gRPC call.</summary>
    private static readonly FrozenSet<string> s_ownOfHttp = FrozenSet.ToFrozenSet(
        [
            "Accept", "Accept-Charset", "Accept-Language", "Accept-Ranges", "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade",
            "Cache-Control", "Content-Type", "Content-Length", "Cookie", "Date", "Expect", "From", "If-Match", "If-Modified-Since", "If-None-Match",
            "If-Schedule-Tag-Match", "If-Unmodified-Since", "Max-Forwards", "Origin", "Pragma", "Referer", "Via", "Warning",
        ], StringComparer.OrdinalIgnoreCase);

    /// <summary>Sends the call; whatever comes of it is an answer.</summary>
    public static async Task<GrpcAnswer> SendAsync(AppCallback app, InvocationCall call, (string Name, string Value)[] caller, CancellationToken cancellationToken)
    {
        var request = call.Message ?? await ToMessageAsync(call, cancellationToken);
        try
        {
            return new GrpcAnswer(await app.CallAsync(AppCallbackMethods.OnInvoke, request, MetadataOf(call, caller), cancellationToken));
        }
        catch (GrpcException error)
        {
            return new GrpcAnswer(error);
        }
    }

    private static async Task<InvokeRequest> ToMessageAsync(InvocationCall call, CancellationToken cancellationToken) => new()
    {
        Method = call.Target.Text[1..],
        ContentType = call.Headers.ContentType.ToString(),
        Data = new Any { Value = UnsafeByteOperations.UnsafeWrap(await call.ReadBodyAsync(cancellationToken)) },
        HttpExtension = new HTTPExtension
        {
            Verb = Enum.TryParse<HttpVerb>(call.Verb, ignoreCase: true, out var verb) ? verb : HttpVerb.None,
            Querystring = call.Target.Query.TrimStart('?'),
        },
    };

    private static GrpcMetadata MetadataOf(InvocationCall call, (string Name, string Value)[] caller)
    {
        var metadata = new GrpcMetadata();
        foreach (var (name, values) in call.Headers)
        {
            if (name[0] == ':' || IsSetHere(name))
                continue;
            var key = !call.IsGrpc && s_ownOfHttp.Contains(name) ? "dapr-" + name : name;
            foreach (var value in values)
                metadata.TryAdd(key, value ?? "");
        }

        foreach (var (name, value) in caller)
            metadata.TryAdd(name, value);
        SidecarTracing.Inject(metadata, call.Headers[SidecarTracing.TraceParent], call.Headers[SidecarTracing.TraceState]);
        return metadata;
    }

    private static bool IsSetHere(string name) => name.ToLowerInvariant()
        is InvocationTarget.AppIdHeader or AppChannel.TokenHeader or CallerHeaders.CallerAppId or CallerHeaders.CalleeAppId or "dapr-caller-namespace"
        or SidecarTracing.TraceParent or SidecarTracing.TraceState or BinaryTrace.Key;
}
