namespace Dapr.Common.Exceptions;

/// <summary>Which fields of the request were wrong.</summary>
public sealed record DaprBadRequestDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.BadRequest)
{
    /// <summary>One entry for each wrong field.</summary>
    public IReadOnlyCollection<DaprBadRequestDetailFieldViolation> FieldViolations { get; init; } = [];
}

/// <summary>One wrong field.</summary>
/// <param name="Field">Path of the field.</param>
/// <param name="Description">Why it is wrong.</param>
public sealed record DaprBadRequestDetailFieldViolation(string Field, string Description);

/// <summary>Which preconditions did not hold.</summary>
public sealed record DaprPreconditionFailureDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.PreconditionFailure)
{
    /// <summary>One entry for each precondition.</summary>
    public IReadOnlyCollection<DaprPreconditionFailureViolation> Violations { get; init; } = [];
}

/// <summary>One precondition that did not hold.</summary>
/// <param name="Type">The kind of precondition.</param>
/// <param name="Subject">What it was about.</param>
/// <param name="Description">Why it did not hold.</param>
public sealed record DaprPreconditionFailureViolation(string Type, string Subject, string Description);

/// <summary>Which quotas were exceeded.</summary>
public sealed record DaprQuotaFailureDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.QuotaFailure)
{
    /// <summary>One entry for each quota.</summary>
    public IReadOnlyCollection<DaprQuotaFailureViolation> Violations { get; init; } = [];
}

/// <summary>One exceeded quota.</summary>
/// <param name="Subject">What the quota is on.</param>
/// <param name="Description">How it was exceeded.</param>
public sealed record DaprQuotaFailureViolation(string Subject, string Description);
