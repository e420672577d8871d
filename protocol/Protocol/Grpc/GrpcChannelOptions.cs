namespace Dapr.Protocol.Grpc;

/// <summary>How a <see cref="GrpcChannel"/> connects and what it adds to every call.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Metadata sent with every call, before the call's own (for instance <c>dapr-api-token</c>).</summary>
    public GrpcMetadata? Metadata { get; init; }

    /// <summary><c>User-Agent</c> of every call.</summary>
    public string UserAgent { get; init; } = "dapr-protocol-dotnet";

    /// <summary>Largest message to take, in bytes; null takes any. Dapr's default is 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest message to send, in bytes; null sends any.</summary>
    public int? MaxSendMessageSize { get; init; }

    /// <summary>Idle time after which the connection is checked by an HTTP/2 ping. A sidecar takes one every 8 s at most.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for the answer to a ping before the connection counts as lost.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection attempt may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>A handler of one's own in place of the channel's sockets; the channel does not dispose it.</summary>
    public HttpMessageHandler? HttpHandler { get; init; }
}

/// <summary>What one call adds.</summary>
/// <param name="Metadata">Headers of this call.</param>
/// <param name="Timeout">After this long the call ends with <see cref="GrpcStatusCode.DeadlineExceeded"/>, on both sides; null waits without end.</param>
public readonly record struct GrpcCallOptions(GrpcMetadata? Metadata = null, TimeSpan? Timeout = null);
