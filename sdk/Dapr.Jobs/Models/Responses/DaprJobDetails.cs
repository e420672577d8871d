namespace Dapr.Jobs.Models.Responses;

/// <summary>A job as the scheduler keeps it.</summary>
/// <param name="Schedule">When it runs.</param>
public sealed record DaprJobDetails(DaprJobSchedule Schedule)
{
    /// <summary>How often it runs; null for without end.</summary>
    public int? RepeatCount { get; init; }

    /// <summary>When it runs first, or the one time it runs.</summary>
    public DateTimeOffset? DueTime { get; init; }

    /// <summary>When it is forgotten.</summary>
    public DateTimeOffset? Ttl { get; init; }

    /// <summary>What the handler is given.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>Whether it replaces a job of the same name.</summary>
    public bool Overwrite { get; init; }

    /// <summary>What happens when the application does not accept a run.</summary>
    public IFailurePolicyResponse? FailurePolicy { get; init; }
}

/// <summary>What happens when the application does not accept a run.</summary>
public interface IFailurePolicyResponse
{
    /// <summary>The policy.</summary>
    JobFailurePolicy Type { get; }
}

/// <summary>The run is given up.</summary>
public sealed record ConfiguredDropFailurePolicy : IFailurePolicyResponse
{
    /// <inheritdoc/>
    public JobFailurePolicy Type => JobFailurePolicy.Drop;
}

/// <summary>The run is tried again after a fixed time.</summary>
/// <param name="HasMaxRetries">Whether there is a limit.</param>
/// <param name="MaxRetries">The limit.</param>
/// <param name="Duration">The time between tries.</param>
public sealed record ConfiguredConstantFailurePolicy(bool HasMaxRetries, int? MaxRetries, TimeSpan Duration) : IFailurePolicyResponse
{
    /// <inheritdoc/>
    public JobFailurePolicy Type => JobFailurePolicy.Constant;
}
