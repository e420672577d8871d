using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Events raised for an instance, and who waits for them: first come, first served for each name, names without case.</summary>
internal sealed class ExternalEvents
{
    private readonly List<Wire.HistoryEvent> _unclaimed = [];
    private readonly Dictionary<string, LinkedList<TaskCompletionSource<string?>>> _waiters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Events nobody has waited for, in the order of their arrival.</summary>
    public IReadOnlyList<Wire.HistoryEvent> Unclaimed => _unclaimed;

    /// <summary>Whether anybody waits.</summary>
    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>Gives an event to whoever has waited longest, or keeps it.</summary>
    public void Raise(Wire.HistoryEvent e)
    {
        if (!_waiters.TryGetValue(e.EventRaised.Name, out var waiters))
        {
            _unclaimed.Add(e);
            return;
        }
        var first = waiters.First!;
        Remove(e.EventRaised.Name, first);
        first.Value.SetResult(e.EventRaised.Input);
    }

    /// <summary>Takes an event that has come already.</summary>
    public bool TryTake(string name, out string? payload)
    {
        var index = _unclaimed.FindIndex(e => string.Equals(e.EventRaised.Name, name, StringComparison.OrdinalIgnoreCase));
        payload = index < 0 ? null : _unclaimed[index].EventRaised.Input;
        if (index >= 0)
            _unclaimed.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>Waits for the next event of a name. A wait that is cancelled leaves the queue, so that it swallows no event.</summary>
    public async Task<string?> WaitAsync(string name, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            throw new TaskCanceledException(null, null, cancellationToken);
        if (!_waiters.TryGetValue(name, out var waiters))
            _waiters[name] = waiters = [];
        var waiter = waiters.AddLast(new TaskCompletionSource<string?>());
        using var cancelled = cancellationToken.Register(() =>
        {
            Remove(name, waiter);
            waiter.Value.TrySetCanceled(cancellationToken);
        });
        return await waiter.Value.Task;
    }

    private void Remove(string name, LinkedListNode<TaskCompletionSource<string?>> waiter)
    {
        if (waiter.List is not { } waiters)
            return;
        waiters.Remove(waiter);
        if (waiters.Count == 0)
            _waiters.Remove(name);
    }
}
