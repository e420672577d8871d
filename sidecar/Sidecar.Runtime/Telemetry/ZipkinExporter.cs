using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Telemetry;

/// <summary>
/// Sends ended spans to a Zipkin collector as v2 JSON, in batches; when the collector is away or slow, spans are dropped and not the work they tell of. A collector that is away is tried again
/// after twice the time, up to half a minute: most laptops have none, and the configuration names one all the same.
/// </summary>
internal sealed partial class ZipkinExporter : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly string _appId;
    private readonly Uri _endpoint;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Activity> _ended = Channel.CreateBounded<Activity>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private TimeSpan _wait = s_pause;
    private volatile bool _isFailing;

    public ZipkinExporter(string appId, Uri endpoint, HttpMessageInvoker http, TimeProvider time, ILogger logger)
    {
        _appId = appId;
        _endpoint = endpoint;
        _http = http;
        _time = time;
        _logger = logger;
        _sending = SendAllAsync();
    }

    public void Add(Activity span)
    {
        // While the collector is away, one batch is all that the next attempt can send.
        if (!_isFailing || _ended.Reader.Count < MaxBatch)
            _ended.Writer.TryWrite(span);
    }

    /// <summary>Sends what is left, for a second at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _ended.Writer.TryComplete();
        await _stop.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        while (await _ended.Reader.WaitToReadAsync())
        {
            await Task.Delay(_wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var batch = new List<Activity>();
            while (batch.Count < MaxBatch && _ended.Reader.TryRead(out var span))
                batch.Add(span);
            await SendAsync(batch);
        }
    }

    private async Task SendAsync(List<Activity> batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ReadOnlyMemoryContent(ToJson(batch)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            Report(response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Report(e.Message);
        }
    }

    private void Report(string? problem)
    {
        if (problem is not null && !_isFailing)
            LogUnreachable(_appId, _endpoint, problem);
        _isFailing = problem is not null;
        _wait = problem is null ? s_pause : TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, s_longestPause.Ticks));
    }

    private ReadOnlyMemory<byte> ToJson(List<Activity> batch)
    {
        var buffer = new ArrayBufferWriter<byte>(512 * batch.Count);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var span in batch)
        {
            json.WriteStartObject();
            json.WriteString("traceId", span.TraceId.ToHexString());
            json.WriteString("id", span.SpanId.ToHexString());
            if (span.ParentSpanId != default)
                json.WriteString("parentId", span.ParentSpanId.ToHexString());
            json.WriteString("name", span.DisplayName);
            if (span.Kind != ActivityKind.Internal)
                json.WriteString("kind", span.Kind.ToString().ToUpperInvariant());
            json.WriteNumber("timestamp", (span.StartTimeUtc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            json.WriteNumber("duration", Math.Max(1, span.Duration.Ticks / TimeSpan.TicksPerMicrosecond));
            json.WriteStartObject("localEndpoint");
            json.WriteString("serviceName", _appId);
            json.WriteEndObject();
            json.WriteStartObject("tags");
            foreach (var (key, value) in span.Tags)
                json.WriteString(key, value);
            if (span.Status == ActivityStatusCode.Error)
                json.WriteString("error", span.StatusDescription ?? "true");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{AppId}: traces do not reach {Endpoint} ({Problem}); they are dropped until it is back")]
    private partial void LogUnreachable(string appId, Uri endpoint, string problem);
}
