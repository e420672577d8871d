using System.Buffers;
using System.Net;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>A request body that stays open: the call's writer sends framed messages into it until it is completed.</summary>
internal sealed class GrpcStreamContent<T> : HttpContent, IGrpcStreamWriter<T> where T : class, IMessage<T>
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _oneWriter = new(1);
    private readonly int? _maxSize;

    public GrpcStreamContent(int? maxSize)
    {
        _maxSize = maxSize;
        Headers.ContentType = GrpcUnaryContent.MediaType;
    }

    /// <summary>Cancelled when the call has ended.</summary>
    public CancellationToken CallEnded { get; set; }

    public async ValueTask WriteAsync(T message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_completed.Task.IsCompleted)
            throw new InvalidOperationException("The request stream is completed; no further message can be sent.");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CallEnded);
        var stream = await _opened.Task.WaitAsync(linked.Token).ConfigureAwait(false);
        var size = message.CalculateSize();
        GrpcFraming.CheckSendSize(size, _maxSize);
        var buffer = ArrayPool<byte>.Shared.Rent(GrpcFraming.HeaderSize + size);
        await _oneWriter.WaitAsync(linked.Token).ConfigureAwait(false);
        try
        {
            GrpcFraming.WriteHeader(buffer, size);
            message.WriteTo(buffer.AsSpan(GrpcFraming.HeaderSize, size));
            await stream.WriteAsync(buffer.AsMemory(0, GrpcFraming.HeaderSize + size), linked.Token).ConfigureAwait(false);
            await stream.FlushAsync(linked.Token).ConfigureAwait(false);
        }
        finally
        {
            _oneWriter.Release();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends the request stream.</summary>
    public void Complete() => _completed.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The request headers go out with this flush, before any message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _opened.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _completed.TrySetResult();
        base.Dispose(disposing);
    }
}
