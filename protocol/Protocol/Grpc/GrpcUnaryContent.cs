using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>One framed message as a request body. It can be sent again, which the HTTP handler does when a connection turns out to be closed.</summary>
internal sealed class GrpcUnaryContent : HttpContent
{
    internal static readonly MediaTypeHeaderValue MediaType = new("application/grpc");

    private readonly IMessage _message;
    private readonly int _size;

    public GrpcUnaryContent(IMessage message, int? maxSize)
    {
        ArgumentNullException.ThrowIfNull(message);
        _message = message;
        _size = message.CalculateSize();
        GrpcFraming.CheckSendSize(_size, maxSize);
        Headers.ContentType = MediaType;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(GrpcFraming.HeaderSize + _size);
        try
        {
            GrpcFraming.WriteHeader(buffer, _size);
            _message.WriteTo(buffer.AsSpan(GrpcFraming.HeaderSize, _size));
            await stream.WriteAsync(buffer.AsMemory(0, GrpcFraming.HeaderSize + _size), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = GrpcFraming.HeaderSize + _size;
        return true;
    }
}
