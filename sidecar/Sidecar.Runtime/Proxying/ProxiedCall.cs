using System.Buffers;
using System.IO.Pipelines;
using Dapr.Protocol.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Proxying;

/// <summary>One call to pass on: whose it is, what was read of its messages, and when it is over.</summary>
internal sealed class ProxiedCall : IDisposable
{
    /// <summary>Metadata key by which a caller says that a call streams, so that policies leave it alone.</summary>
    private const string StreamKey = "dapr-stream";

    private readonly MessageMeter _meter;
    private readonly CancellationTokenSource _over;
    private ArrayBufferWriter<byte>? _replay;
    private ProxiedRequest? _request;

    public ProxiedCall(HttpContext http, string target, long maxMessageSize)
    {
        Http = http;
        Target = target;
        _meter = new MessageMeter(maxMessageSize);
        _over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        Over = _over.Token;
    }

    public HttpContext Http { get; }

    /// <summary>The app id that the caller names.</summary>
    public string Target { get; }

    /// <summary>The path <c>/service/method</c>, as the caller wrote it.</summary>
    public string Path => Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    /// <summary>True when the caller says that the call streams.</summary>
    public bool IsStream => Http.Request.Headers[StreamKey].ToString().ToLowerInvariant() is "1" or "t" or "true" or "y" or "yes" or "on";

    /// <summary>Cancelled when the caller is gone or nothing more is to be read.</summary>
    public CancellationToken Over { get; }

    public PipeReader Reader => Http.Request.BodyReader;

    /// <summary>True once any part of the messages was taken.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True once the caller has sent its last message.</summary>
    public bool IsRequestOver { get; set; }

    /// <summary>What earlier tries have read; empty unless <see cref="Remember"/> was asked for.</summary>
    public ReadOnlyMemory<byte> ReadBefore => _replay?.WrittenMemory ?? default;

    /// <summary>Why the call was refused while its messages were read, or null.</summary>
    public GrpcException? Failure { get; private set; }

    /// <summary>The app id that the metadata of a gRPC call names, or an empty text.</summary>
    public static string TargetOf(IHeaderDictionary metadata)
    {
        var target = metadata[InvocationTarget.AppIdHeader].ToString();
        return target.Length > 0 ? target : metadata[CallerHeaders.CalleeAppId].ToString();
    }

    /// <summary>Keeps the first message, so that it can be sent again.</summary>
    public void Remember() => _replay = new ArrayBufferWriter<byte>();

    /// <summary>Takes note of bytes on their way.</summary>
    /// <exception cref="GrpcException">A message is too large, or a second one comes where the first is kept to be sent again.</exception>
    public void Take(ReadOnlySequence<byte> bytes)
    {
        HasBegun |= !bytes.IsEmpty;
        foreach (var piece in bytes)
        {
            _meter.Advance(piece.Span);
            _replay?.Write(piece.Span);
        }

        if (_replay is not null && _meter.Messages > 1)
            throw new GrpcException(GrpcStatusCode.FailedPrecondition, "cannot use resiliency policies with retries on streaming RPCs");
    }

    /// <summary>Refuses the call while its messages are read.</summary>
    public void Fail(GrpcException refusal)
    {
        Failure ??= refusal;
        End();
    }

    /// <summary>Reads no more.</summary>
    public void End() => _over.Cancel();

    /// <summary>Completes when the last try reads no more: only then may another one read, or the call end.</summary>
    public Task QuietAsync() => _request?.Finished ?? Task.CompletedTask;

    /// <summary>The request of one try.</summary>
    public HttpRequestMessage CreateRequest(Uri address, (string Name, string Value)[] caller, CancellationToken cancellationToken)
    {
        var incoming = Http.Request;
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = _request = new ProxiedRequest(this, incoming.ContentType!, cancellationToken) };
        foreach (var (name, values) in incoming.Headers)
        {
            if (!IsSetHere(name) && !ForwardedHeaders.IsHopByHop(name, default))
                request.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in caller)
            request.Headers.TryAddWithoutValidation(name, value);
        SidecarTracing.Inject(request);
        if (BinaryTrace.Format(request.Headers.NonValidated[SidecarTracing.TraceParent].ToString()) is { } trace)
            request.Headers.TryAddWithoutValidation(BinaryTrace.Key, Convert.ToBase64String(trace).TrimEnd('='));
        return request;
    }

    public void Dispose() => _over.Dispose();

    private static bool IsSetHere(string name) => name[0] == ':' || name.ToLowerInvariant()
        is "host" or "content-type" or "content-length" or AppChannel.TokenHeader or InvocationTarget.AppIdHeader
        or CallerHeaders.CallerAppId or CallerHeaders.CalleeAppId or BinaryTrace.Key;
}
