namespace Sidecar.Runtime.Errors;

/// <summary>
/// A refusal in Dapr's words. Over HTTP it becomes <c>{"errorCode","message","details"}</c> with <see cref="HttpStatus"/>, over gRPC a status with
/// <c>google.rpc.ErrorInfo</c> and <c>ResourceInfo</c> details. Each building block keeps its own list of these beside its API.
/// </summary>
public sealed class DaprApiException(string errorCode, int httpStatus, int grpcStatus, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary><c>ERR_…</c>, or the reason where Dapr has no such tag.</summary>
    public string ErrorCode { get; } = errorCode;

    /// <summary>HTTP status code.</summary>
    public int HttpStatus { get; } = httpStatus;

    /// <summary>Canonical gRPC status code (3 InvalidArgument, 5 NotFound, 9 FailedPrecondition, 13 Internal …).</summary>
    public int GrpcStatus { get; } = grpcStatus;

    /// <summary><c>DAPR_…</c> reason of the ErrorInfo detail; null leaves the details out.</summary>
    public string? Reason { get; init; }

    /// <summary>Metadata of the ErrorInfo detail; null where Dapr has none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Where to read on: the link of the Help detail, or null.</summary>
    public (string Url, string Description)? Help { get; init; }

    /// <summary>Field and description of the BadRequest detail, or null.</summary>
    public (string Field, string Description)? FieldViolation { get; init; }

    /// <summary><c>resource_type</c> of the ResourceInfo detail (<c>state</c>, <c>pubsub</c> …), or null.</summary>
    public string? ResourceType { get; init; }

    /// <summary><c>resource_name</c> of the ResourceInfo detail.</summary>
    public string? ResourceName { get; init; }

    /// <summary><c>owner</c> of the ResourceInfo detail, or null.</summary>
    public string? ResourceOwner { get; init; }

    /// <summary><c>description</c> of the ResourceInfo detail, or null.</summary>
    public string? ResourceDescription { get; init; }
}
