using Dapr.Protocol.Rpc;
using Google.Protobuf;

namespace Dapr.Protocol.Grpc;

/// <summary>A gRPC call that ended with another status than <see cref="GrpcStatusCode.Ok"/>; on the server side, the status to answer with.</summary>
public sealed class GrpcException : Exception
{
    internal const string StatusDetailsTrailer = "grpc-status-details-bin";

    /// <summary>Creates the error.</summary>
    /// <param name="statusCode">Not <see cref="GrpcStatusCode.Ok"/>.</param>
    /// <param name="detail">Text for people, sent as <c>grpc-message</c>.</param>
    /// <param name="trailers">The peer's trailers, or what to send as trailers.</param>
    /// <param name="richStatus">Rich error details; null reads them from the trailer <c>grpc-status-details-bin</c>, when there.</param>
    /// <param name="inner">What caused it.</param>
    public GrpcException(GrpcStatusCode statusCode, string detail, GrpcMetadata? trailers = null, Status? richStatus = null, Exception? inner = null)
        : base(detail, inner)
    {
        StatusCode = statusCode;
        Trailers = trailers ?? [];
        RichStatus = richStatus ?? ParseRichStatus(Trailers);
    }

    /// <summary>The canonical code.</summary>
    public GrpcStatusCode StatusCode { get; }

    /// <summary>The status message as the peer wrote it.</summary>
    public string Detail => Message;

    /// <summary>Trailing metadata of the call.</summary>
    public GrpcMetadata Trailers { get; }

    /// <summary><c>google.rpc.Status</c> with ErrorInfo, ResourceInfo … details; null when the peer sent none.</summary>
    public Status? RichStatus { get; }

    /// <summary>The first detail of type <typeparamref name="T"/>, or null.</summary>
    public T? FindDetail<T>() where T : class, IMessage, new()
    {
        var descriptor = new T().Descriptor;
        return RichStatus?.Details.Where(detail => detail.Is(descriptor)).Select(detail => detail.Unpack<T>()).FirstOrDefault();
    }

    private static Status? ParseRichStatus(GrpcMetadata trailers)
    {
        if (trailers.GetBytes(StatusDetailsTrailer) is not { } bytes)
            return null;
        try
        {
            return Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // A peer may put something of its own there; the plain status still tells what happened.
            return null;
        }
    }
}
