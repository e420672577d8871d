using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc.Server;

/// <summary>Reads the request messages of a call.</summary>
internal static class GrpcRequestReader
{
    /// <summary>The one message of a unary or server-streaming call.</summary>
    public static async ValueTask<T> ReadSingleAsync<T>(GrpcServerCall call, MessageParser<T> parser) where T : class, IMessage<T>
    {
        var message = await ReadAsync(call, parser).ConfigureAwait(false)
            ?? throw new GrpcException(GrpcStatusCode.Internal, "the request holds no message");
        if (await ReadAsync(call, parser).ConfigureAwait(false) is not null)
            throw new GrpcException(GrpcStatusCode.Internal, "the request holds more than one message");
        return message;
    }

    /// <summary>The messages of a duplex call until the caller completes its side.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        GrpcServerCall call, MessageParser<T> parser, [EnumeratorCancellation] CancellationToken cancellationToken = default) where T : class, IMessage<T>
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
        while (await GrpcFraming.ReadAsync(
            call.HttpContext.Request.BodyReader, parser, call.Options.MaxReceiveMessageSize, Encoding(call), linked.Token).ConfigureAwait(false) is { } message)
            yield return message;
    }

    private static ValueTask<T?> ReadAsync<T>(GrpcServerCall call, MessageParser<T> parser) where T : class, IMessage<T> =>
        GrpcFraming.ReadAsync(call.HttpContext.Request.BodyReader, parser, call.Options.MaxReceiveMessageSize, Encoding(call), call.CancellationToken);

    private static string? Encoding(GrpcServerCall call) => call.HttpContext.Request.Headers["grpc-encoding"];
}
