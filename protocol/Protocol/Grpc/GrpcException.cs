using System.Net;
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

    /// <summary>The code that stands for an HTTP status where a gRPC response was expected.</summary>
    public static GrpcStatusCode CodeOf(HttpStatusCode status) => (int)status switch
    {
        400 => GrpcStatusCode.Internal,
        401 => GrpcStatusCode.Unauthenticated,
        403 => GrpcStatusCode.PermissionDenied,
        404 => GrpcStatusCode.Unimplemented,
        429 or 502 or 503 or 504 => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };

    /// <summary>The code that stands for an error of the transport: what an HTTP/2 error code means, else <see cref="GrpcStatusCode.Unavailable"/>.</summary>
    public static GrpcStatusCode CodeOf(Exception transportError)
    {
        for (var e = transportError; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException protocol)
            {
                // 7 REFUSED_STREAM, 8 CANCEL, 11 ENHANCE_YOUR_CALM, 12 INADEQUATE_SECURITY, the others as the gRPC mapping has them.
                return protocol.ErrorCode switch
                {
                    7 => GrpcStatusCode.Unavailable,
                    8 => GrpcStatusCode.Cancelled,
                    11 => GrpcStatusCode.ResourceExhausted,
                    12 => GrpcStatusCode.PermissionDenied,
                    _ => GrpcStatusCode.Internal,
                };
            }
        }

        return GrpcStatusCode.Unavailable;
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
