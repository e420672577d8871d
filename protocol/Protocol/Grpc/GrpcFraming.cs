using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>Length-prefixed messages: one byte "compressed", four bytes length (big endian), then the message.</summary>
internal static class GrpcFraming
{
    public const int HeaderSize = 5;
    public const string AcceptEncoding = "identity,gzip,deflate";

    /// <summary>Whether messages compressed so can be read.</summary>
    public static bool IsKnownEncoding(string? encoding) => encoding is null or "" or "identity" or "gzip" or "deflate";

    /// <summary>Writes a message straight into the pipe, without flushing.</summary>
    public static void Write(IBufferWriter<byte> writer, IMessage message, int? maxSize)
    {
        var size = message.CalculateSize();
        CheckSendSize(size, maxSize);
        WriteHeader(writer.GetSpan(HeaderSize), size);
        writer.Advance(HeaderSize);
        message.WriteTo(writer);
    }

    /// <exception cref="GrpcException">ResourceExhausted: the message is larger than the limit.</exception>
    public static void CheckSendSize(int size, int? maxSize)
    {
        if (maxSize is { } limit && size > limit)
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"trying to send message larger than max ({size} vs. {limit})");
    }

    public static void WriteHeader(Span<byte> header, int size)
    {
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], size);
    }

    /// <summary>Reads the next message; null at the end of the stream.</summary>
    /// <exception cref="GrpcException">ResourceExhausted when too large, Internal when cut off or not protobuf, Unimplemented when the compression is unknown.</exception>
    public static async ValueTask<T?> ReadAsync<T>(
        PipeReader reader, MessageParser<T> parser, int? maxSize, string? encoding, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (result.IsCanceled)
                throw new OperationCanceledException("The stream was cancelled.");
            if (TryReadFrame(buffer, maxSize, out var compressed, out var payload))
            {
                // Parsing copies, so the pipe can have the bytes back at once.
                var message = Parse(compressed ? Decompress(payload, encoding, maxSize) : payload, parser);
                reader.AdvanceTo(payload.End);
                return message;
            }
            if (result.IsCompleted)
            {
                var leftover = buffer.Length;
                reader.AdvanceTo(buffer.End);
                return leftover == 0 ? null : throw new GrpcException(GrpcStatusCode.Internal, "the stream ended inside a message");
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryReadFrame(ReadOnlySequence<byte> buffer, int? maxSize, out bool compressed, out ReadOnlySequence<byte> payload)
    {
        compressed = false;
        payload = default;
        if (buffer.Length < HeaderSize)
            return false;
        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        compressed = header[0] switch
        {
            0 => false,
            1 => true,
            var flag => throw new GrpcException(GrpcStatusCode.Internal, $"the message prefix begins with {flag} where only 0 and 1 are possible"),
        };
        var size = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (size > (maxSize ?? int.MaxValue))
            throw TooLarge(size, maxSize ?? int.MaxValue);
        if (buffer.Length < HeaderSize + size)
            return false;
        payload = buffer.Slice(HeaderSize, size);
        return true;
    }

    private static T Parse<T>(ReadOnlySequence<byte> payload, MessageParser<T> parser) where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"the message is not a valid {typeof(T).Name}: {e.Message}", inner: e);
        }
    }

    private static ReadOnlySequence<byte> Decompress(ReadOnlySequence<byte> payload, string? encoding, int? maxSize)
    {
        var source = new MemoryStream(payload.ToArray());
        using Stream inflated = encoding switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            _ => throw new GrpcException(GrpcStatusCode.Internal, $"the message is compressed although its encoding is '{encoding ?? "identity"}'"),
        };
        var plain = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = inflated.Read(chunk)) > 0)
            {
                plain.Write(chunk, 0, read);
                // Checked while inflating: a small frame can hold a huge message.
                if (plain.Length > (maxSize ?? int.MaxValue))
                    throw TooLarge(plain.Length, maxSize ?? int.MaxValue);
            }
        }
        catch (InvalidDataException e)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"the message is not valid {encoding}: {e.Message}", inner: e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        return new ReadOnlySequence<byte>(plain.GetBuffer(), 0, (int)plain.Length);
    }

    private static GrpcException TooLarge(long size, int limit) =>
        new(GrpcStatusCode.ResourceExhausted, $"grpc: received message larger than max ({size} vs. {limit})");
}
