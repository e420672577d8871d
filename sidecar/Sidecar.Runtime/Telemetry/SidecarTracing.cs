using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Telemetry;

/// <summary>
/// Spans of one sidecar, from an <see cref="ActivitySource"/> named <c>Sidecar</c>. A sampled caller is always followed; a trace that begins here is sampled
/// at the rate of the Configuration. Without a rate there are no spans and trace headers pass through as they are.
/// </summary>
public sealed class SidecarTracing : IAsyncDisposable
{
    /// <summary>W3C header that carries trace and span id.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>W3C header that carries vendors' entries.</summary>
    public const string TraceState = "tracestate";

    private readonly ActivitySource? _source;
    private readonly ActivityListener? _listener;
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

        _source = new ActivitySource("Sidecar");
        _exporter = configuration.ZipkinEndpoint is { } endpoint ? new ZipkinExporter(appId, endpoint, http, time, logger) : null;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, _source),
            Sample = Sample,
            ActivityStopped = activity => _exporter?.Add(activity),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>No spans.</summary>
    public static SidecarTracing Off { get; } = new();

    /// <summary>Starts a span as the child of a W3C parent, or a trace of its own; null when it is not sampled. Dispose it to end it.</summary>
    public Activity? Start(string name, ActivityKind kind, string? traceParent, string? traceState = null)
    {
        if (_source is null)
            return null;
        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        return _source.StartActivity(name, kind, parent);
    }

    /// <summary>Starts the span of a request to an API.</summary>
    internal Activity? StartRequest(HttpContext http, string name)
    {
        if (_source is null)
            return null;
        var headers = http.Request.Headers;
        var span = Start(name, ActivityKind.Server, headers[TraceParent], headers[TraceState]);
        span?.SetTag("dapr.api", $"{http.Request.Method} {http.Request.Path}");
        return span;
    }

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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener?.Dispose();
        _source?.Dispose();
        if (_exporter is not null)
            await _exporter.DisposeAsync();
    }

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        if (options.Parent.TraceId != default)
            return options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;

        // The trace id decides, so that every part of a trace is decided alike.
        Span<byte> id = stackalloc byte[16];
        options.TraceId.CopyTo(id);
        var share = (BinaryPrimitives.ReadUInt64BigEndian(id[8..]) >> 1) / (double)long.MaxValue;
        return share < _rate ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
    }
}
