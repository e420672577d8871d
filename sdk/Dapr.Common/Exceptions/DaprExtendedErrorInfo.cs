namespace Dapr.Common.Exceptions;

/// <summary>A google.rpc.Status as sent by the sidecar.</summary>
/// <param name="Code">The gRPC status code as a number.</param>
/// <param name="Message">The message of the status.</param>
public sealed record DaprExtendedErrorInfo(int Code, string Message)
{
    /// <summary>The details, in the order they were sent.</summary>
    public DaprExtendedErrorDetail[] Details { get; init; } = [];
}

/// <summary>One structured detail of an error.</summary>
/// <param name="ErrorType">The kind of detail.</param>
public abstract record DaprExtendedErrorDetail(DaprExtendedErrorType ErrorType);

/// <summary>A detail of a kind this SDK does not know.</summary>
/// <param name="TypeUrl">The protobuf type URL of the detail.</param>
public sealed record DaprUnknownDetail(string TypeUrl) : DaprExtendedErrorDetail(DaprExtendedErrorType.Unknown);
