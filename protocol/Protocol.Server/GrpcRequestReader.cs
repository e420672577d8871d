using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Dapr.Protocol.Grpc.Server;

/// <summary>Reads the request messages of a call.</summary>
internal static class GrpcRequestReader
{
    /// <summary>The one message of a unary or server-streaming call.</summary>
    public static async ValueTask<T> ReadSingleAsync<T>(GrpcServerCall call, MessageParser<T> parser) where T : class, IMessage<T>
    {
        var message = await ReadAsync(call, parser, call.CancellationToken).ConfigureAwait(false)
            ?? throw new GrpcException(GrpcStatusCode.Internal, "the request holds no message");
        if (await ReadAsync(call, parser, call.CancellationToken).ConfigureAwait(false) is not null)
            throw new GrpcException(GrpcStatusCode.Internal, "the request holds more than one message");
        return message;
    }

    /// <summary>The messages of a duplex call until the caller completes its side.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        GrpcServerCall call, MessageParser<T> parser, [EnumeratorCancellation] CancellationToken cancellationToken = default) where T : class, IMessage<T>
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
        while (await ReadAsync(call, parser, linked.Token).ConfigureAwait(false) is { } message)
            yield return message;
    }

    private static async ValueTask<T?> ReadAsync<T>(GrpcServerCall call, MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        var request = call.HttpContext.Request;
        try
        {
            return await GrpcFraming.ReadAsync(request.BodyReader, parser, call.Options.MaxReceiveMessageSize, request.Headers["grpc-encoding"], cancellationToken)
                .ConfigureAwait(false);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // A reset stream: the caller cancelled. This may show here before the request's token does.
            throw new OperationCanceledException("The caller has closed the stream.", e);
        }
    }
}
