using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>How messages flow in a call.</summary>
public enum GrpcMethodKind
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>One request, many responses.</summary>
    ServerStream,

    /// <summary>Many requests, many responses.</summary>
    Duplex,
}

/// <summary>What both sides know of a gRPC method.</summary>
public interface IGrpcMethod
{
    /// <summary>How messages flow.</summary>
    GrpcMethodKind Kind { get; }

    /// <summary>Full service name, with its proto package.</summary>
    string Service { get; }

    /// <summary>Method name.</summary>
    string Name { get; }

    /// <summary>The request path, <c>/service/method</c>.</summary>
    string Path { get; }
}

/// <summary>A gRPC method: its path and how to read its messages. Declared once, used by client and server.</summary>
/// <typeparam name="TRequest">Request message.</typeparam>
/// <typeparam name="TResponse">Response message.</typeparam>
public sealed class GrpcMethod<TRequest, TResponse>(GrpcMethodKind kind, string service, string name) : IGrpcMethod
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    /// <inheritdoc />
    public GrpcMethodKind Kind { get; } = kind;

    /// <inheritdoc />
    public string Service { get; } = service;

    /// <inheritdoc />
    public string Name { get; } = name;

    /// <inheritdoc />
    public string Path { get; } = $"/{service}/{name}";

    internal MessageParser<TRequest> RequestParser { get; } = new(() => new TRequest());

    internal MessageParser<TResponse> ResponseParser { get; } = new(() => new TResponse());

    /// <inheritdoc />
    public override string ToString() => Path;
}
