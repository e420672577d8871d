using Dapr.Protocol.Grpc;
using Dapr.Protocol.Rpc;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Errors;

/// <summary>Turns refusals into gRPC statuses with Google's rich error details, as daprd does.</summary>
public static class DaprGrpcErrors
{
    /// <summary>The status for a refusal; null for an exception that is none.</summary>
    public static GrpcException? Map(HttpContext context, Exception error) => error is DaprApiException refusal ? ToGrpc(refusal) : null;

    private static GrpcException ToGrpc(DaprApiException refusal)
    {
        Status? rich = null;
        if (refusal.Reason is not null)
        {
            rich = new Status { Code = refusal.GrpcStatus, Message = refusal.Message };
            if (refusal.FieldViolation is { } violation)
            {
                var field = new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description };
                rich.Details.Add(Any.Pack(new BadRequest { FieldViolations = { field } }));
            }

            if (refusal.Help is { } help)
                rich.Details.Add(Any.Pack(new Help { Links = { new Help.Types.Link { Url = help.Url, Description = help.Description } } }));

            if (refusal.ResourceType is not null)
            {
                rich.Details.Add(Any.Pack(new ResourceInfo
                {
                    ResourceType = refusal.ResourceType,
                    ResourceName = refusal.ResourceName ?? "",
                    Owner = refusal.ResourceOwner ?? "",
                    Description = refusal.ResourceDescription ?? "",
                }));
            }

            rich.Details.Add(Any.Pack(new ErrorInfo { Reason = refusal.Reason, Domain = DaprErrorResponse.Domain, Metadata = { ToMap(refusal.Metadata) } }));
        }

        return new GrpcException((GrpcStatusCode)refusal.GrpcStatus, refusal.Message, richStatus: rich, inner: refusal);
    }

    private static Dictionary<string, string> ToMap(IReadOnlyDictionary<string, string>? metadata) => metadata is null ? [] : new(metadata);
}
