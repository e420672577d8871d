using System.Net;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>
/// gRPC calls to one address over HTTP/2, in the clear (<c>http</c>) or with TLS (<c>https</c>). Safe for concurrent use; connects on the first call
/// and opens further connections when one is full.
/// </summary>
/// <remarks>
/// A call that ends badly throws <see cref="GrpcException"/>; one that the caller's token cancels throws <see cref="OperationCanceledException"/>.
/// </remarks>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly GrpcChannelOptions _options;

    /// <summary>Creates a channel; no connection is made yet.</summary>
    /// <param name="address">Scheme, host and port; a path in front of the service name is kept.</param>
    /// <param name="options">Limits, metadata, keep-alive.</param>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"The gRPC address '{address}' must begin with http:// or https://.", nameof(address));
        Address = address;
        _options = options ?? new GrpcChannelOptions();
        _http = _options.HttpHandler is { } handler
            ? new HttpMessageInvoker(handler, disposeHandler: false)
            : new HttpMessageInvoker(new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = _options.KeepAlivePingDelay,
                KeepAlivePingTimeout = _options.KeepAlivePingTimeout,
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                ConnectTimeout = _options.ConnectTimeout,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                AllowAutoRedirect = false,
                UseCookies = false,
                // A sidecar is beside the app: never through a proxy of the environment.
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.None,
            });
    }

    /// <summary>Where the calls go.</summary>
    public Uri Address { get; }

    /// <summary>One request, one response.</summary>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
        => (await UnaryWithMetadataAsync(method, request, options, cancellationToken).ConfigureAwait(false)).Message;

    /// <summary>One request, one response, with the headers and trailers that came along.</summary>
    public async Task<GrpcResponse<TResponse>> UnaryWithMetadataAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = Start(method, new GrpcUnaryContent(request, _options.MaxSendMessageSize), options, cancellationToken);
        try
        {
            var headers = await call.ReadHeadersAsync().ConfigureAwait(false);
            var response = await call.ReadMessageAsync().ConfigureAwait(false)
                ?? throw new GrpcException(GrpcStatusCode.Internal, $"{method} answered OK without a message");
            if (await call.ReadMessageAsync().ConfigureAwait(false) is not null)
                throw new GrpcException(GrpcStatusCode.Internal, $"{method} answered more than one message");
            return new GrpcResponse<TResponse>(response, headers, call.Trailers);
        }
        catch (Exception e) when (call.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>One request, many responses. The call begins with the enumeration and is cancelled when the enumeration ends early.</summary>
    public async IAsyncEnumerable<TResponse> ServerStreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options = default,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = Start(method, new GrpcUnaryContent(request, _options.MaxSendMessageSize), options, cancellationToken);
        while (await call.NextAsync().ConfigureAwait(false) is { } message)
            yield return message;
    }

    /// <summary>Many requests, many responses. The call begins at once; dispose it to cancel what is left.</summary>
    public GrpcDuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var requests = new GrpcStreamContent<TRequest>(_options.MaxSendMessageSize);
        return new GrpcDuplexCall<TRequest, TResponse>(Start(method, requests, options, cancellationToken), requests);
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private GrpcClientCall<TResponse> Start<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, HttpContent content, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var path = Address.AbsolutePath.TrimEnd('/') + method.Path;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", _options.UserAgent);
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", GrpcFraming.AcceptEncoding);
        if (options.Timeout is { } timeout)
            request.Headers.TryAddWithoutValidation(GrpcTimeout.HeaderName, GrpcTimeout.Format(timeout));
        AddMetadata(request, _options.Metadata);
        AddMetadata(request, options.Metadata);
        return new GrpcClientCall<TResponse>(_http, request, method.ResponseParser, _options, options.Timeout, cancellationToken);
    }

    private static void AddMetadata(HttpRequestMessage request, GrpcMetadata? metadata)
    {
        if (metadata is null)
            return;
        foreach (var entry in metadata)
            request.Headers.TryAddWithoutValidation(entry.Key, entry.Text);
    }
}

/// <summary>A response with what came around it.</summary>
/// <param name="Message">The response message.</param>
/// <param name="Headers">Response headers.</param>
/// <param name="Trailers">Response trailers.</param>
public sealed record GrpcResponse<T>(T Message, GrpcMetadata Headers, GrpcMetadata Trailers);
