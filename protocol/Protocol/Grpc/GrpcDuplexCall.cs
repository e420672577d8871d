using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>A running call with messages both ways.</summary>
/// <typeparam name="TRequest">What is sent.</typeparam>
/// <typeparam name="TResponse">What comes back.</typeparam>
public sealed class GrpcDuplexCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    private readonly GrpcClientCall<TResponse> _call;
    private readonly GrpcStreamContent<TRequest> _requests;

    internal GrpcDuplexCall(GrpcClientCall<TResponse> call, GrpcStreamContent<TRequest> requests)
    {
        _call = call;
        _requests = requests;
        _requests.CallEnded = call.Ended;
        call.Send();
    }

    /// <summary>The sending side.</summary>
    public IGrpcStreamWriter<TRequest> Requests => _requests;

    /// <summary>Sends one message.</summary>
    public ValueTask WriteAsync(TRequest message, CancellationToken cancellationToken = default) => _requests.WriteAsync(message, cancellationToken);

    /// <summary>Says that no further request follows; responses still come.</summary>
    public void CompleteRequests() => _requests.Complete();

    /// <summary>The response headers, as soon as the peer has sent them.</summary>
    public Task<GrpcMetadata> ReadHeadersAsync() => _call.ReadHeadersAsync();

    /// <summary>The responses, until the peer ends the call. To be enumerated once.</summary>
    /// <exception cref="GrpcException">The call ended with an error.</exception>
    public async IAsyncEnumerable<TResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = cancellationToken.UnsafeRegister(static call => ((GrpcClientCall<TResponse>)call!).Cancel(), _call);
        while (true)
        {
            TResponse? message;
            try
            {
                message = await _call.NextAsync().ConfigureAwait(false);
            }
            catch (GrpcException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            if (message is null)
                yield break;
            yield return message;
        }
    }

    /// <summary>Cancels what is left of the call.</summary>
    public void Dispose()
    {
        _requests.Complete();
        _call.Dispose();
    }
}
