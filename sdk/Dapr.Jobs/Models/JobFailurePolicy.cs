namespace Dapr.Jobs.Models;

/// <summary>What the scheduler does when the application does not accept a run of a job.</summary>
public enum JobFailurePolicy
{
    /// <summary>The run is given up.</summary>
    Drop,

    /// <summary>The run is tried again after a fixed time.</summary>
    Constant,
}

/// <summary>What to do when the application does not accept a run.</summary>
public interface IJobFailurePolicyOptions
{
    /// <summary>The policy.</summary>
    JobFailurePolicy Policy { get; }
}

/// <summary>Gives the run up.</summary>
public sealed record JobFailurePolicyDropOptions : IJobFailurePolicyOptions
{
    /// <inheritdoc/>
    public JobFailurePolicy Policy => JobFailurePolicy.Drop;
}

/// <summary>Tries the run again after a fixed time.</summary>
/// <param name="Interval">The time between tries.</param>
public sealed record JobFailurePolicyConstantOptions(TimeSpan Interval) : IJobFailurePolicyOptions
{
    /// <summary>How often it is tried again; null for without end.</summary>
    public uint? MaxRetries { get; init; }

    /// <inheritdoc/>
    public JobFailurePolicy Policy => JobFailurePolicy.Constant;
}
