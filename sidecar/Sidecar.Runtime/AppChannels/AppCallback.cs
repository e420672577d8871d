using System.Collections.Concurrent;
using Dapr.Protocol.Grpc;
using Google.Protobuf;

namespace Sidecar.Runtime.AppChannels;

/// <summary>
/// Calls of Dapr's callback services on an app that speaks gRPC. They go through the app's channel, which adds the app token and bounds concurrency;
/// messages are as large as the sidecar's <c>max-body-size</c> at most.
/// </summary>
public sealed class AppCallback : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _spokenInAlpha = new(StringComparer.Ordinal);
    private readonly GrpcChannel _channel;

    internal AppCallback(IAppChannel app, Uri address, long maxMessageSize)
    {
        var limit = (int)Math.Min(maxMessageSize, int.MaxValue);
        _channel = new GrpcChannel(address, new GrpcChannelOptions
        {
            HttpHandler = new ThroughChannel(app),
            MaxReceiveMessageSize = limit,
            MaxSendMessageSize = limit,
            UserAgent = "dapr-sidecar",
        });
    }

    /// <summary>Calls one method; the metadata carries the trace.</summary>
    /// <exception cref="GrpcException">The app cannot be reached (<see cref="GrpcStatusCode.Unavailable"/>), lacks the method (<see cref="GrpcStatusCode.Unimplemented"/>) or refuses.</exception>
    public Task<GrpcResponse<TResponse>> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcMetadata metadata, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.UnaryWithMetadataAsync(method, request, new GrpcCallOptions(metadata), cancellationToken);

    /// <summary>Calls a method under its stable name, or under its alpha name on an app built before that; which one it was is tried first from then on.</summary>
    /// <exception cref="GrpcException">As with <see cref="CallAsync"/>; unimplemented when the app has neither.</exception>
    public async Task<TResponse> CallEitherAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> stable, GrpcMethod<TRequest, TResponse> alpha, TRequest request, GrpcMetadata metadata, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var inAlpha = _spokenInAlpha.ContainsKey(stable.Path);
        try
        {
            return (await CallAsync(inAlpha ? alpha : stable, request, metadata, cancellationToken)).Message;
        }
        catch (GrpcException error) when (error.StatusCode == GrpcStatusCode.Unimplemented)
        {
            var answer = await CallAsync(inAlpha ? stable : alpha, request, metadata, cancellationToken);
            if (inAlpha)
                _spokenInAlpha.TryRemove(stable.Path, out _);
            else
                _spokenInAlpha[stable.Path] = true;
            return answer.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private sealed class ThroughChannel(IAppChannel app) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            app.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
