namespace Dapr.Common.Exceptions;

/// <summary>Where to read on.</summary>
public sealed record DaprHelpDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.Help)
{
    /// <summary>The links.</summary>
    public IReadOnlyCollection<DaprHelpDetailLink> Links { get; init; } = [];
}

/// <summary>A link that helps with an error.</summary>
/// <param name="Url">The address.</param>
/// <param name="Description">What is found there.</param>
public sealed record DaprHelpDetailLink(string Url, string Description);

/// <summary>When to try again.</summary>
public sealed record DaprRetryInfoDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.RetryInfo)
{
    /// <summary>How long to wait before the next attempt.</summary>
    public DaprRetryDelay Delay = new(0, 0);
}

/// <summary>A span of time as protobuf writes it.</summary>
/// <param name="Seconds">Whole seconds.</param>
/// <param name="Nanos">Nanoseconds beyond them.</param>
public sealed record DaprRetryDelay(long Seconds, int Nanos);
