namespace Dapr.Protocol.Grpc;

/// <summary>The writing side of a stream: responses on a server, requests on a client. Writes may come from several threads; each message goes out whole.</summary>
/// <typeparam name="T">Message type.</typeparam>
public interface IGrpcStreamWriter<in T>
{
    /// <summary>Sends one message and waits until the transport has taken it.</summary>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    ValueTask WriteAsync(T message, CancellationToken cancellationToken = default);
}
