using Google.Protobuf;

namespace Dapr.Protocol.Grpc.Server;

/// <summary>Sends the messages of a response stream, one at a time.</summary>
#pragma warning disable CA1001 // the semaphore makes no wait handle, and handlers may still write after the call has ended
internal sealed class GrpcResponseWriter<T>(GrpcServerCall call) : IGrpcStreamWriter<T> where T : class, IMessage<T>
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _oneWriter = new(1);
    private bool _closed;

    public async ValueTask WriteAsync(T message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        call.CancellationToken.ThrowIfCancellationRequested();
        await _oneWriter.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_closed)
                throw new OperationCanceledException("The call has ended; its stream takes no further message.");
            call.PrepareHeaders();
            var body = call.HttpContext.Response.BodyWriter;
            GrpcFraming.Write(body, message, call.Options.MaxSendMessageSize);
            // A caller that has gone shows as a completed or cancelled flush, not as an exception.
            var result = await body.FlushAsync(call.CancellationToken).ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
                throw new OperationCanceledException("The caller has closed the stream.");
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    /// <summary>Waits for a write under way and refuses later ones, so that nothing follows the trailers.</summary>
    public async Task CloseAsync()
    {
        await _oneWriter.WaitAsync().ConfigureAwait(false);
        _closed = true;
        _oneWriter.Release();
    }
}
