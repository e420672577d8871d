using System.Diagnostics.CodeAnalysis;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Rpc;
using Google.Protobuf.WellKnownTypes;

namespace Dapr.Common.Exceptions;

/// <summary>Reads the structured details of an error.</summary>
public static class DaprExceptionExtensions
{
    /// <summary>
    /// The google.rpc.Status that came with the failed call (gRPC trailer <c>grpc-status-details-bin</c>), when there was one.
    /// </summary>
    /// <returns>Whether there was one that could be read.</returns>
    public static bool TryGetExtendedErrorInfo(this DaprException exception, [NotNullWhen(true)] out DaprExtendedErrorInfo? daprExtendedErrorInfo)
    {
        ArgumentNullException.ThrowIfNull(exception);
        daprExtendedErrorInfo = exception.InnerException is GrpcException { RichStatus: { } status }
            ? new DaprExtendedErrorInfo(status.Code, status.Message) { Details = [.. status.Details.Select(Read)] }
            : null;
        return daprExtendedErrorInfo is not null;
    }

    private static DaprExtendedErrorDetail Read(Any detail) => Any.GetTypeName(detail.TypeUrl) switch
    {
        "google.rpc.ErrorInfo" when detail.Unpack<ErrorInfo>() is var info =>
            new DaprErrorInfoDetail(info.Reason, info.Domain, info.Metadata),
        "google.rpc.ResourceInfo" when detail.Unpack<ResourceInfo>() is var resource =>
            new DaprResourceInfoDetail(resource.ResourceType, resource.ResourceName, resource.Owner, resource.Description),
        "google.rpc.BadRequest" => new DaprBadRequestDetail
        {
            FieldViolations = [.. detail.Unpack<BadRequest>().FieldViolations.Select(v => new DaprBadRequestDetailFieldViolation(v.Field, v.Description))],
        },
        "google.rpc.PreconditionFailure" => new DaprPreconditionFailureDetail
        {
            Violations = [.. detail.Unpack<PreconditionFailure>().Violations.Select(v => new DaprPreconditionFailureViolation(v.Type, v.Subject, v.Description))],
        },
        "google.rpc.QuotaFailure" => new DaprQuotaFailureDetail
        {
            Violations = [.. detail.Unpack<QuotaFailure>().Violations.Select(v => new DaprQuotaFailureViolation(v.Subject, v.Description))],
        },
        "google.rpc.Help" => new DaprHelpDetail
        {
            Links = [.. detail.Unpack<Help>().Links.Select(link => new DaprHelpDetailLink(link.Url, link.Description))],
        },
        "google.rpc.RetryInfo" when detail.Unpack<RetryInfo>().RetryDelay is var delay =>
            new DaprRetryInfoDetail { Delay = new DaprRetryDelay(delay?.Seconds ?? 0, delay?.Nanos ?? 0) },
        "google.rpc.DebugInfo" when detail.Unpack<DebugInfo>() is var debug =>
            new DaprDebugInfoDetail([.. debug.StackEntries], debug.Detail),
        "google.rpc.RequestInfo" when detail.Unpack<RequestInfo>() is var request =>
            new DaprRequestInfoDetail(request.RequestId, request.ServingData),
        "google.rpc.LocalizedMessage" when detail.Unpack<LocalizedMessage>() is var text =>
            new DaprLocalizedMessageDetail(text.Locale, text.Message),
        _ => new DaprUnknownDetail(detail.TypeUrl),
    };
}
