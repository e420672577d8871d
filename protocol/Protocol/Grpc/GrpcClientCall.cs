using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>One call of a client: the HTTP exchange, its deadline, and how its end is read.</summary>
internal sealed class GrpcClientCall<TResponse> : IDisposable where TResponse : class, IMessage<TResponse>, new()
{
    private readonly HttpMessageInvoker _http;
    private readonly HttpRequestMessage _request;
    private readonly MessageParser<TResponse> _parser;
    private readonly GrpcChannelOptions _options;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationTokenSource? _deadline;
    private Task<HttpResponseMessage>? _sending;
    private HttpResponseMessage? _response;
    private PipeReader? _body;
    private string? _encoding;
    private GrpcMetadata? _headers;

    public GrpcClientCall(
        HttpMessageInvoker http, HttpRequestMessage request, MessageParser<TResponse> parser, GrpcChannelOptions options, TimeSpan? timeout, CancellationToken callerToken)
    {
        (_http, _request, _parser, _options, _callerToken) = (http, request, parser, options, callerToken);
        _deadline = timeout is { } limit ? new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, options.TimeProvider) : null;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(callerToken, _deadline?.Token ?? CancellationToken.None);
        // Taken now: the source's Token cannot be read after Dispose.
        Ended = _ended.Token;
    }

    /// <summary>Cancelled when the call is over for whatever reason.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Trailers, once the last message has been read.</summary>
    public GrpcMetadata Trailers { get; private set; } = [];

    public void Send() => _sending ??= _http.SendAsync(_request, Ended);

    public void Cancel() => _ended.Cancel();

    public async Task<GrpcMetadata> ReadHeadersAsync()
    {
        if (_headers is not null)
            return _headers;
        Send();
        _response = await _sending!.ConfigureAwait(false);
        _headers = ToMetadata(_response.Headers);
        if (_response.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(GrpcException.CodeOf(_response.StatusCode), $"{_request.RequestUri} answered HTTP {(int)_response.StatusCode} in place of a gRPC response", _headers);
        // An answer without messages may carry its status in the headers.
        if (_headers.GetText("grpc-status") is not null)
        {
            Trailers = _headers;
            CheckStatus(_headers);
        }
        if (_response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
            throw new GrpcException(GrpcStatusCode.Unknown, $"{_request.RequestUri} answered content type '{_response.Content.Headers.ContentType}' where application/grpc is expected", _headers);
        _encoding = _headers.GetText("grpc-encoding");
        _body = PipeReader.Create(await _response.Content.ReadAsStreamAsync(Ended).ConfigureAwait(false));
        return _headers;
    }

    /// <summary>The next message, or null when the call ended well.</summary>
    public async ValueTask<TResponse?> ReadMessageAsync()
    {
        var message = await GrpcFraming.ReadAsync(_body!, _parser, _options.MaxReceiveMessageSize, _encoding, Ended).ConfigureAwait(false);
        if (message is null && _headers!.GetText("grpc-status") is null)
        {
            Trailers = ToMetadata(_response!.TrailingHeaders);
            CheckStatus(Trailers);
        }
        return message;
    }

    /// <summary>As <see cref="ReadMessageAsync"/>, reading the headers first and turning transport errors into gRPC ones.</summary>
    public async ValueTask<TResponse?> NextAsync()
    {
        try
        {
            await ReadHeadersAsync().ConfigureAwait(false);
            return await ReadMessageAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The error to throw in place of one of the transport; null keeps the original.</summary>
    public Exception? Translate(Exception error)
    {
        if (error is GrpcException status)
        {
            // The callee may have seen the deadline, or our reset, first.
            return status.StatusCode == GrpcStatusCode.Cancelled && _callerToken.IsCancellationRequested
                ? new OperationCanceledException("The gRPC call was cancelled.", error, _callerToken)
                : null;
        }
        if (_callerToken.IsCancellationRequested)
            return new OperationCanceledException("The gRPC call was cancelled.", error, _callerToken);
        if (_deadline is { IsCancellationRequested: true })
            return new GrpcException(GrpcStatusCode.DeadlineExceeded, "the deadline of the call passed", inner: error);
        return error switch
        {
            OperationCanceledException => new GrpcException(GrpcStatusCode.Cancelled, "the call was cancelled", inner: error),
            HttpRequestException { InnerException: GrpcException inner } => inner,
            HttpRequestException or IOException => new GrpcException(GrpcException.CodeOf(error), $"{_request.RequestUri?.Authority}: {error.Message}", inner: error),
            _ => null,
        };
    }

    public void Dispose()
    {
        _body?.CancelPendingRead();
        _ended.Cancel();
        _response?.Dispose();
        _request.Dispose();
        _ended.Dispose();
        _deadline?.Dispose();
    }

    private static void CheckStatus(GrpcMetadata trailers)
    {
        var text = trailers.GetText("grpc-status")
            ?? throw new GrpcException(GrpcStatusCode.Unknown, "the response ended without a grpc-status", trailers);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new GrpcException(GrpcStatusCode.Unknown, $"the response ended with grpc-status '{text}', which is not a number", trailers);
        if (code != 0)
        {
            var status = code <= (int)GrpcStatusCode.Unauthenticated ? (GrpcStatusCode)code : GrpcStatusCode.Unknown;
            throw new GrpcException(status, GrpcStatusMessage.Decode(trailers.GetText("grpc-message") ?? ""), trailers);
        }
    }

    private static GrpcMetadata ToMetadata(HttpResponseHeaders headers)
    {
        var metadata = new GrpcMetadata();
        foreach (var (key, values) in headers.NonValidated)
        {
            foreach (var value in values)
                metadata.AddReceived(key, value);
        }
        return metadata;
    }
}
