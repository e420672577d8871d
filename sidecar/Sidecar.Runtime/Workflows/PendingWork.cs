using System.Threading.Channels;
using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>A workflow turn or an activity that waits for a worker or is with one.</summary>
internal abstract class PendingWork
{
    private WorkerConnection? _connection;

    /// <summary>What the worker gets; null when the work has become pointless meanwhile.</summary>
    public abstract WorkItem? Begin();

    /// <summary>The worker is gone: the work is to be given to another.</summary>
    public abstract void Requeue();

    /// <summary>The worker has answered (or the work is off): frees its place at the worker. False when that was done before.</summary>
    public bool Finish() => Interlocked.Exchange(ref _connection, null) is { } connection && connection.Release(this);

    internal void GivenTo(WorkerConnection connection) => _connection = connection;
}

/// <summary>A queue of work that all workers of an app take from, with the app's limit of how much may be with workers at once.</summary>
internal sealed class WorkLane(int limit)
{
    private readonly Channel<PendingWork> _queue = Channel.CreateUnbounded<PendingWork>();
    private readonly SemaphoreSlim? _places = limit > 0 ? new SemaphoreSlim(limit) : null;

    public void Enqueue(PendingWork work) => _queue.Writer.TryWrite(work);

    public async ValueTask<PendingWork> TakeAsync(CancellationToken cancellationToken)
    {
        if (_places is null)
        {
            return await _queue.Reader.ReadAsync(cancellationToken);
        }

        await _places.WaitAsync(cancellationToken);
        try
        {
            return await _queue.Reader.ReadAsync(cancellationToken);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    public void Release() => _places?.Release();
}
