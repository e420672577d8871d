using System.Net;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Rpc;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Sidecar.Runtime.Invocation;

/// <summary>
/// An app's answer to <c>OnInvoke</c>. To a caller over HTTP it is an HTTP response: gRPC's status as Dapr maps it, the status as JSON for a body.
/// A caller over gRPC gets what the app said.
/// </summary>
internal sealed class GrpcAnswer : HttpResponseMessage
{
    private const string Json = "application/json";

    private static readonly TypeRegistry s_details = TypeRegistry.FromFiles(
        ErrorDetailsReflection.Descriptor, StructReflection.Descriptor, WrappersReflection.Descriptor, DurationReflection.Descriptor, TimestampReflection.Descriptor);

    private static readonly JsonFormatter s_json = new(JsonFormatter.Settings.Default.WithTypeRegistry(s_details));

    /// <summary>The app answered.</summary>
    public GrpcAnswer(GrpcResponse<InvokeResponse> response)
    {
        Message = response.Message;
        (MetadataHeaders, MetadataTrailers) = (response.Headers, response.Trailers);
        SetContent(Message.Data?.Value.ToByteArray() ?? [], TypeOf(Message));
        SetHeaders();
    }

    /// <summary>The app refused, or could not be reached.</summary>
    public GrpcAnswer(GrpcException error)
    {
        Error = error;
        MetadataTrailers = error.Trailers;
        StatusCode = ToHttp(error.StatusCode);
        SetContent(BodyOf(error), Json);
    }

    /// <summary>What the app answered; null when <see cref="Error"/> is set.</summary>
    public InvokeResponse? Message { get; }

    /// <summary>The status the call ended with, or null for a good one.</summary>
    public GrpcException? Error { get; }

    /// <summary>The app's response headers.</summary>
    public GrpcMetadata MetadataHeaders { get; } = [];

    /// <summary>The app's trailers.</summary>
    public GrpcMetadata MetadataTrailers { get; }

    /// <summary>True when the app refused the connection: it has not seen the call.</summary>
    public bool IsUnreachable => Error?.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static HttpStatusCode ToHttp(GrpcStatusCode code) => (HttpStatusCode)(code switch
    {
        GrpcStatusCode.Ok => 200,
        GrpcStatusCode.Cancelled => 408,
        GrpcStatusCode.InvalidArgument or GrpcStatusCode.FailedPrecondition or GrpcStatusCode.OutOfRange => 400,
        GrpcStatusCode.DeadlineExceeded => 504,
        GrpcStatusCode.NotFound => 404,
        GrpcStatusCode.AlreadyExists or GrpcStatusCode.Aborted => 409,
        GrpcStatusCode.PermissionDenied => 403,
        GrpcStatusCode.Unauthenticated => 401,
        GrpcStatusCode.ResourceExhausted => 429,
        GrpcStatusCode.Unimplemented => 501,
        GrpcStatusCode.Unavailable => 503,
        _ => 500,
    });

    private static string TypeOf(InvokeResponse message) => message switch
    {
        { Data.TypeUrl.Length: > 0 } => "application/x-protobuf",
        { ContentType.Length: > 0 } => message.ContentType,
        { Data.Value.Length: > 0 } => Json,
        _ => "",
    };

    /// <summary>The status as JSON, with its details; a detail of a type that is not known here is left out.</summary>
    private static byte[] BodyOf(GrpcException error)
    {
        var status = new Status { Code = (int)error.StatusCode, Message = error.Detail };
        foreach (var detail in error.RichStatus?.Details ?? [])
        {
            if (s_details.Find(Any.GetTypeName(detail.TypeUrl)) is not null)
                status.Details.Add(detail);
        }

        return System.Text.Encoding.UTF8.GetBytes(s_json.Format(status));
    }

    private void SetContent(byte[] body, string contentType)
    {
        Content = new ByteArrayContent(body);
        if (contentType.Length > 0)
            Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    /// <summary>Text metadata becomes headers; what gRPC says of itself is told apart by Dapr's prefix.</summary>
    private void SetHeaders()
    {
        foreach (var entry in MetadataHeaders)
        {
            if (!entry.IsBinary)
                Headers.TryAddWithoutValidation(entry.Key.StartsWith("grpc-", StringComparison.Ordinal) ? "dapr-" + entry.Key : entry.Key, entry.Text);
        }
    }
}
