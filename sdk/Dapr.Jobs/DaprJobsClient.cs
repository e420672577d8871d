using Dapr.Common;
using Dapr.Jobs.Models;
using Dapr.Jobs.Models.Responses;

namespace Dapr.Jobs;

/// <summary>
/// Schedules jobs that the sidecar later posts to the application; see <c>MapDaprScheduledJobHandler</c>. Build one with
/// <see cref="DaprJobsClientBuilder"/> or register it with <c>AddDaprJobsClient</c>; it is thread-safe and meant to be shared.
/// </summary>
public abstract class DaprJobsClient : IDaprClient
{
    private bool disposed;

    private protected DaprJobsClient()
    {
    }

    /// <summary>Schedules a job, at least once delivered. A name in use is refused unless <paramref name="overwrite"/> is set.</summary>
    /// <exception cref="ArgumentException">The job would expire before it starts.</exception>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task ScheduleJobAsync(
        string jobName,
        DaprJobSchedule schedule,
        ReadOnlyMemory<byte>? payload = null,
        DateTimeOffset? startingFrom = null,
        int? repeats = null,
        DateTimeOffset? ttl = null,
        bool overwrite = false,
        IJobFailurePolicyOptions? failurePolicyOptions = null,
        CancellationToken cancellationToken = default);

    /// <summary>A scheduled job.</summary>
    /// <exception cref="DaprException">There is none of that name, the sidecar refused or could not be reached.</exception>
    public abstract Task<DaprJobDetails> GetJobAsync(string jobName, CancellationToken cancellationToken = default);

    /// <summary>Deletes a job; deleting an absent one is no error.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task DeleteJobAsync(string jobName, CancellationToken cancellationToken = default);

    /// <summary>Closes the connections to the sidecar.</summary>
    public void Dispose()
    {
        if (disposed)
            return;

        Dispose(disposing: true);
        disposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the derived client holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
