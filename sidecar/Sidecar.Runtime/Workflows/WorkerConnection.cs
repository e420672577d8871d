using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>How much one worker stream may hold unanswered: SDK workers drop or starve what they cannot queue.</summary>
/// <param name="Turns">Workflow turns.</param>
/// <param name="Activities">Activities.</param>
public sealed record WorkerLimits(int Turns, int Activities)
{
    /// <summary>What the .NET worker runs at once.</summary>
    public static WorkerLimits Default { get; } = new(100, 100);

    /// <summary>The JavaScript worker queues 100 items beside the 10 it runs, and drops what comes after.</summary>
    public static WorkerLimits JavaScript { get; } = new(50, 50);

    /// <summary>Limits for a worker by its user agent.</summary>
    public static WorkerLimits For(string userAgent) => userAgent.Contains("js-sdk", StringComparison.Ordinal) ? JavaScript : Default;
}

/// <summary>
/// One worker stream. It pulls from the app's lanes, so a slow stream holds at most the items it was given, and what a lost stream held goes to others.
/// </summary>
#pragma warning disable CA1001 // the semaphores make no wait handles, and answers may still come after the stream has ended
internal sealed class WorkerConnection(
#pragma warning restore CA1001
    WorkLane turns, WorkLane activities, WorkerLimits limits, Func<WorkItem, CancellationToken, Task> send, TimeProvider time)
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _turnPlaces = new(limits.Turns);
    private readonly SemaphoreSlim _activityPlaces = new(limits.Activities);
    private readonly Dictionary<PendingWork, (WorkLane Lane, SemaphoreSlim Places)> _held = [];
    private readonly Lock _lock = new();

    /// <summary>Delivers work until the token says so or the stream fails; then hands back what was not answered.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] pumps = [PumpAsync(turns, _turnPlaces, stop.Token), PumpAsync(activities, _activityPlaces, stop.Token)];
        try
        {
            await await Task.WhenAny(pumps);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The worker hung up or the sidecar stops: the way every stream ends.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pumps).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            HandBack();
        }
    }

    internal bool Release(PendingWork work)
    {
        (WorkLane Lane, SemaphoreSlim Places) held;
        lock (_lock)
        {
            if (!_held.Remove(work, out held))
            {
                return false;
            }
        }

        held.Places.Release();
        held.Lane.Release();
        return true;
    }

    private async Task PumpAsync(WorkLane lane, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        while (true)
        {
            await places.WaitAsync(cancellationToken);
            var work = await lane.TakeAsync(cancellationToken);
            lock (_lock)
            {
                _held.Add(work, (lane, places));
            }

            work.GivenTo(this);
            if (work.Begin() is not { } item)
            {
                work.Finish();
                continue;
            }

            await SendAsync(item, cancellationToken);
        }
    }

    private async Task SendAsync(WorkItem item, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var sending = send(item, cancellationToken);
            if (!sending.IsCompletedSuccessfully)
            {
                await sending.WaitAsync(SendTimeout, time, cancellationToken);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private void HandBack()
    {
        List<PendingWork> unanswered;
        lock (_lock)
        {
            unanswered = [.. _held.Keys];
        }

        foreach (var work in unanswered)
        {
            if (work.Finish())
            {
                work.Requeue();
            }
        }
    }
}
