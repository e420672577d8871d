namespace Dapr.Workflow;

/// <summary>When a failed activity or child workflow is tried again. The waiting in between is done by durable timers.</summary>
public class WorkflowRetryPolicy
{
    /// <summary>Creates a policy.</summary>
    /// <param name="maxNumberOfAttempts">How often to try at most, the first time included; at least 1.</param>
    /// <param name="firstRetryInterval">The wait before the second attempt; more than zero.</param>
    /// <param name="backoffCoefficient">By what each further wait is longer than the one before; at least 1.</param>
    /// <param name="maxRetryInterval">The longest wait; null is one hour.</param>
    /// <param name="retryTimeout">After this long, counted from the first attempt, no further attempt is made; null never gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public WorkflowRetryPolicy(
        int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1.0, TimeSpan? maxRetryInterval = null, TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        if (maxRetryInterval is { } longest)
            ArgumentOutOfRangeException.ThrowIfLessThan(longest, firstRetryInterval, nameof(maxRetryInterval));
        if (retryTimeout is { } limit && limit != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, firstRetryInterval, nameof(retryTimeout));
        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>How often to try at most, the first time included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>The wait before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>By what each further wait is longer than the one before.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>The longest wait.</summary>
    public TimeSpan? MaxRetryInterval { get; }

    /// <summary>After this long no further attempt is made; <see cref="Timeout.InfiniteTimeSpan"/> never gives up.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>The wait after an attempt that failed, or null when it was the last.</summary>
    /// <param name="attempts">Attempts made so far.</param>
    /// <param name="elapsed">Time since the first attempt.</param>
    internal TimeSpan? NextDelay(int attempts, TimeSpan elapsed)
    {
        if (attempts >= MaxNumberOfAttempts || (RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= RetryTimeout))
            return null;
        var ticks = FirstRetryInterval.Ticks * Math.Pow(BackoffCoefficient, attempts - 1);
        var longest = MaxRetryInterval ?? TimeSpan.MaxValue;
        return ticks < longest.Ticks ? TimeSpan.FromTicks((long)ticks) : longest;
    }
}
