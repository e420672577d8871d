namespace Sidecar.Components.KafkaPubSub;

/// <summary>Waits between tries of one message, as Dapr's retry package has them under the prefix <c>backOff</c>: constant 5 s without end unless told otherwise.</summary>
internal sealed record RetryBackOff
{
    public bool Exponential { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan InitialInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    public double Multiplier { get; init; } = 1.5;

    public double RandomizationFactor { get; init; } = 0.5;

    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>All tries of a message together, for exponential waits; zero is no limit.</summary>
    public TimeSpan MaxElapsedTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Tries after the first; below zero is no limit.</summary>
    public long MaxRetries { get; init; } = -1;

    /// <summary>The wait before try <paramref name="retry"/> (1 is the first after a failure), or null when there is to be none.</summary>
    /// <param name="retry">Number of the try.</param>
    /// <param name="elapsed">Time since the first try began.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public TimeSpan? Before(long retry, TimeSpan elapsed, double random)
    {
        if (MaxRetries >= 0 && retry > MaxRetries)
            return null;
        if (!Exponential)
            return Duration;
        var wait = Math.Min(InitialInterval.TotalMilliseconds * Math.Pow(Multiplier, retry - 1), MaxInterval.TotalMilliseconds);
        wait *= 1 + (RandomizationFactor * ((2 * random) - 1));
        var next = TimeSpan.FromMilliseconds(wait);
        return MaxElapsedTime > TimeSpan.Zero && elapsed + next > MaxElapsedTime ? null : next;
    }
}
