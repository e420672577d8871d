namespace Dapr.Common.Exceptions;

/// <summary>The kinds of structured error detail, after google.rpc's error_details.proto.</summary>
public enum DaprExtendedErrorType
{
    /// <summary>A kind this SDK does not know.</summary>
    Unknown,

    /// <summary>When to try again.</summary>
    RetryInfo,

    /// <summary>Stack entries and debugging text.</summary>
    DebugInfo,

    /// <summary>Quotas that were exceeded.</summary>
    QuotaFailure,

    /// <summary>Preconditions that did not hold.</summary>
    PreconditionFailure,

    /// <summary>Which request this was.</summary>
    RequestInfo,

    /// <summary>A message in a human language.</summary>
    LocalizedMessage,

    /// <summary>Fields of the request that were wrong.</summary>
    BadRequest,

    /// <summary>The machine-readable reason.</summary>
    ErrorInfo,

    /// <summary>Links to read on.</summary>
    Help,

    /// <summary>The resource that was touched.</summary>
    ResourceInfo,
}
