using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Dapr.Protocol.Grpc;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Telemetry;

/// <summary>
/// Spans of one sidecar, from the activity sources named <c>Sidecar…</c>. A sampled caller is always followed; a trace that begins here is sampled
/// at the rate of the Configuration. Without a rate there are no spans and trace headers pass through as they are.
/// </summary>
/// <remarks>The sources are shared by all sidecars of the process; whose a span is, is known from the flow of calls it starts in (<see cref="Enter"/>).</remarks>
public sealed class SidecarTracing : IAsyncDisposable
{
    /// <summary>W3C header that carries trace and span id.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>W3C header that carries vendors' entries.</summary>
    public const string TraceState = "tracestate";

    private const string Owner = "sidecar";

    private static readonly ActivitySource s_source = new("Sidecar");
    private static readonly AsyncLocal<SidecarTracing?> s_current = new();
    private static readonly Lazy<ActivityListener> s_listener = new(Listen);

    private readonly ZipkinExporter? _exporter;
    private readonly double _rate;

    private SidecarTracing()
    {
    }

    internal SidecarTracing(string appId, ConfigurationSpec configuration, HttpMessageInvoker http, TimeProvider time, Microsoft.Extensions.Logging.ILogger logger)
    {
        _rate = configuration.SamplingRate;
        if (_rate <= 0)
            return;

        _exporter = configuration.ZipkinEndpoint is { } endpoint ? new ZipkinExporter(appId, endpoint, http, time, logger) : null;
        _ = s_listener.Value;
    }

    /// <summary>No spans.</summary>
    public static SidecarTracing Off { get; } = new();

    /// <summary>Spans that this asynchronous method and those it calls start are this sidecar's.</summary>
    internal void Enter()
    {
        if (_rate > 0)
            s_current.Value = this;
    }

    /// <summary>Starts a span as the child of a W3C parent, or a trace of its own; null when it is not sampled. Dispose it to end it.</summary>
    public Activity? Start(string name, ActivityKind kind, string? traceParent, string? traceState = null)
    {
        if (_rate <= 0)
            return null;
        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        return s_source.StartActivity(name, kind, parent);
    }

    /// <summary>Starts the span of a request to an API.</summary>
    internal Activity? StartRequest(HttpContext http, string name)
    {
        if (_rate <= 0)
            return null;
        var headers = http.Request.Headers;
        var span = Start(name, ActivityKind.Server, headers[TraceParent], headers[TraceState]);
        span?.SetTag("dapr.api", $"{http.Request.Method} {http.Request.Path}");
        return span;
    }

    /// <summary>
    /// Has an answer over HTTP name its trace unless the app's answer does: the span, else what the caller sent; baggage goes back as it came.
    /// Source: pkg/diagnostics/http_tracing.go, tests/integration/suite/daprd/serviceinvocation/http/baggage.
    /// </summary>
    internal static void Answer(HttpContext http, Activity? span)
    {
        var headers = http.Request.Headers;
        var parent = span?.Id ?? (ActivityContext.TryParse(headers[TraceParent], null, out _) ? headers[TraceParent].ToString() : "");
        var state = span is null ? headers[TraceState].ToString() : span.TraceStateString ?? "";
        var baggage = headers.Baggage.Count == 0 ? "" : headers.Baggage.ToString();
        if (parent.Length == 0 && baggage.Length == 0)
            return;

        http.Response.OnStarting(() =>
        {
            var answer = http.Response.Headers;
            if (parent.Length > 0 && !answer.ContainsKey(TraceParent))
            {
                answer[TraceParent] = parent;
                if (state.Length > 0 && Ascii.IsValid(state))
                    answer[TraceState] = state;
            }

            if (baggage.Length > 0)
                answer.Baggage = baggage;
            return Task.CompletedTask;
        });
    }

    /// <summary>What is wrong with the baggage of a request, in daprd's words; null when it has none or all members are in order.</summary>
    internal static string? BaggageProblem(IHeaderDictionary headers) =>
        headers.Baggage.Count > 0 && headers.Baggage.ToString() is { Length: > 0 } given
        && given.Split(',').Any(member => member.Trim().IndexOf('=', StringComparison.Ordinal) <= 0 || !Ascii.IsValid(member))
            ? "invalid baggage header: invalid baggage list-member"
            : null;

    /// <summary>Sets the trace headers of a request to an app: the span under way, else what its caller sent, else a new trace that is not sampled.</summary>
    internal static void Inject(HttpRequestMessage request)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } span)
        {
            request.Headers.Remove(TraceParent);
            request.Headers.TryAddWithoutValidation(TraceParent, id);
            if (span.TraceStateString is { Length: > 0 } state)
            {
                request.Headers.Remove(TraceState);
                request.Headers.TryAddWithoutValidation(TraceState, state);
            }
        }
        else if (!request.Headers.NonValidated.Contains(TraceParent))
        {
            request.Headers.TryAddWithoutValidation(TraceParent, $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
        }
    }

    /// <summary>
    /// Sets the trace of a gRPC call to an app, as text and as <see cref="BinaryTrace"/>: the span under way, else what its caller sent, else a new trace that is not sampled.
    /// </summary>
    internal static void Inject(GrpcMetadata metadata, string? callersParent = null, string? callersState = null)
    {
        var (parent, state) = Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } span ? (id, span.TraceStateString) : (callersParent, callersState);
        if (BinaryTrace.Format(parent) is not { } binary)
        {
            parent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";
            binary = BinaryTrace.Format(parent)!;
        }

        metadata.Add(TraceParent, parent!);
        metadata.Add(BinaryTrace.Key, binary);
        if (!string.IsNullOrEmpty(state))
            metadata.Add(TraceState, state);
    }

    /// <summary>Gives a gRPC request that carries its trace in binary form only the text form too: everything behind reads that one.</summary>
    internal static void ReadBinary(IHeaderDictionary headers)
    {
        var given = headers[BinaryTrace.Key].ToString();
        if (given.Length == 0 || headers.ContainsKey(TraceParent))
            return;
        Span<byte> bytes = stackalloc byte[64];
        var padded = given.Length % 4 == 0 ? given : given.PadRight(given.Length + 4 - (given.Length % 4), '=');
        if (Convert.TryFromBase64String(padded, bytes, out var length) && BinaryTrace.Parse(bytes[..length]) is { } parent)
            headers[TraceParent] = parent;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_exporter is not null)
            await _exporter.DisposeAsync();
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Sidecar", StringComparison.Ordinal),
            Sample = Sample,
            ActivityStarted = span => span.SetCustomProperty(Owner, s_current.Value),
            ActivityStopped = span => (span.GetCustomProperty(Owner) as SidecarTracing)?._exporter?.Add(span),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        if (s_current.Value is not { } sidecar)
            return ActivitySamplingResult.None;
        if (options.Parent.TraceId != default)
            return options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;

        // The trace id decides, so that every part of a trace is decided alike.
        Span<byte> id = stackalloc byte[16];
        options.TraceId.CopyTo(id);
        var share = (BinaryPrimitives.ReadUInt64BigEndian(id[8..]) >> 1) / (double)long.MaxValue;
        return share < sidecar._rate ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
    }
}
