using Microsoft.AspNetCore.Http;

namespace Dapr.Protocol.Grpc.Server;

/// <summary>
/// Limits and error mapping of a server. Taken, in this order, from the request's features, from the services, or the defaults; so a host with
/// several servers can set one per request.
/// </summary>
public sealed class GrpcServerOptions
{
    internal static readonly GrpcServerOptions Default = new();

    /// <summary>Largest message to take, in bytes; a larger one answers <see cref="GrpcStatusCode.ResourceExhausted"/>. Dapr's default is 4 MiB.</summary>
    public int MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest message to send, in bytes; null sends any.</summary>
    public int? MaxSendMessageSize { get; init; }

    /// <summary>
    /// Turns an exception of a handler into the status to answer with; null leaves it to the default, which is <see cref="GrpcStatusCode.Unknown"/>
    /// with the exception's message.
    /// </summary>
    public Func<HttpContext, Exception, GrpcException?>? MapException { get; init; }

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
