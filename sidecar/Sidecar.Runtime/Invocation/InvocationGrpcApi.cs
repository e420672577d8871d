using System.Globalization;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Invocation;

/// <summary>Service invocation over gRPC, which Dapr keeps for older SDKs.</summary>
public static class InvocationGrpcApi
{
    /// <summary>Maps the invocation method of the Dapr service.</summary>
    public static void MapInvocationGrpc(this IEndpointRouteBuilder routes) => routes.MapGrpcUnary(DaprMethods.InvokeService, InvokeAsync);

    private static async Task<InvokeResponse> InvokeAsync(InvokeServiceRequest request, GrpcServerCall call)
    {
        if (request.Id.Length == 0 || request.Message is not { } message)
            throw new DaprApiException("ERR_DIRECT_INVOKE", 400, (int)GrpcStatusCode.InvalidArgument, "invalid InvokeServiceRequest: an id and a message are required");

        var verb = message.HttpExtension?.Verb is null or HTTPExtension.Types.Verb.None ? "POST" : message.HttpExtension.Verb.ToString().ToUpperInvariant();
        var query = message.HttpExtension?.Querystring is { Length: > 0 } given ? "?" + given.TrimStart('?') : "";
        var target = new InvocationTarget(request.Id, MethodPath.Normalize(request.Id, MethodPath.BytesOf(message.Method)), query);
        message.Method = target.Text[1..];
        var outgoing = InvocationCall.OfGrpc(target, verb, call.HttpContext.Request.Headers, message);

        using var response = await call.HttpContext.GetSidecar().Invocation.InvokeAsync(outgoing, call.CancellationToken);
        if (response is GrpcAnswer answer)
            return PassOn(answer, call);

        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if (!ForwardedHeaders.IsHopByHop(name, default))
                call.ResponseHeaders.Add(name, values.ToString());
        }

        call.ResponseHeaders.Add("dapr-http-status", ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
        var body = await response.Content.ReadAsByteArrayAsync(call.CancellationToken);
        if (!response.IsSuccessStatusCode)
            throw ToError((int)response.StatusCode, System.Text.Encoding.UTF8.GetString(body));
        return new InvokeResponse
        {
            Data = new Any { Value = UnsafeByteOperations.UnsafeWrap(body) },
            ContentType = response.Content.Headers.ContentType?.ToString() ?? "",
        };
    }

    /// <summary>What an app that speaks gRPC said, as it said it: message, headers, trailers, status and its details.</summary>
    private static InvokeResponse PassOn(GrpcAnswer answer, GrpcServerCall call)
    {
        Copy(answer.MetadataHeaders, call.ResponseHeaders);
        if (answer.Error is not { } error)
        {
            Copy(answer.MetadataTrailers, call.ResponseTrailers);
            return answer.Message!;
        }

        var trailers = new GrpcMetadata();
        Copy(error.Trailers, trailers);
        throw new GrpcException(error.StatusCode, error.Detail, trailers, error.RichStatus, error);
    }

    private static void Copy(GrpcMetadata from, GrpcMetadata to)
    {
        foreach (var entry in from)
        {
            // A date or a server's name is about the hop that is over.
            if (entry.Key is not ("date" or "server"))
                to.TryAdd(entry.Key, entry.Text);
        }
    }

    /// <summary>An HTTP status as daprd tells it over gRPC, with the body in the details.</summary>
    internal static GrpcException ToError(int status, string body)
    {
        var code = status switch
        {
            400 => GrpcStatusCode.Internal,
            401 => GrpcStatusCode.Unauthenticated,
            403 => GrpcStatusCode.PermissionDenied,
            404 => GrpcStatusCode.NotFound,
            408 => GrpcStatusCode.Cancelled,
            409 => GrpcStatusCode.AlreadyExists,
            429 => GrpcStatusCode.ResourceExhausted,
            501 => GrpcStatusCode.Unimplemented,
            503 => GrpcStatusCode.Unavailable,
            504 => GrpcStatusCode.DeadlineExceeded,
            _ => GrpcStatusCode.Unknown,
        };
        var reason = ReasonPhrases.GetReasonPhrase(status);
        var rich = new Status { Code = (int)code, Message = reason };
        rich.Details.Add(Any.Pack(new ErrorInfo
        {
            Reason = reason,
            Domain = DaprErrorResponse.Domain,
            Metadata = { ["http.code"] = status.ToString(CultureInfo.InvariantCulture), ["http.error_message"] = body },
        }));
        return new GrpcException(code, reason, richStatus: rich);
    }
}
