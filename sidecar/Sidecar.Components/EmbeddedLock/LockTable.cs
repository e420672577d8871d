using Sidecar.Runtime.Locks;

namespace Sidecar.Components.EmbeddedLock;

/// <summary>Who holds what until when.</summary>
internal sealed class LockTable(TimeProvider time) : IAsyncDisposable
{
    private const int SweepFrom = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> _held = new(StringComparer.Ordinal);
    private int _sweepAt = SweepFrom;

    /// <summary>Entries, those that have lapsed and were not swept yet included.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Takes what nobody holds; even its owner does not get it twice.</summary>
    public bool TryTake(string resource, string owner, TimeSpan expiry)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_held.TryGetValue(resource, out var holder) && holder.Until > now)
                return false;
            _held[resource] = (owner, now + expiry);
            Sweep(now);
            return true;
        }
    }

    /// <summary>Gives back what this owner holds.</summary>
    public UnlockStatus GiveBack(string resource, string owner)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(resource, out var holder) || holder.Until <= time.GetUtcNow())
                return UnlockStatus.LockDoesNotExist;
            if (holder.Owner != owner)
                return UnlockStatus.LockBelongsToOthers;
            _held.Remove(resource);
            return UnlockStatus.Success;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Forgets what has lapsed, each time the table has doubled: nobody may ever ask for it again.</summary>
    private void Sweep(DateTimeOffset now)
    {
        if (_held.Count < _sweepAt)
            return;
        foreach (var resource in _held.Where(held => held.Value.Until <= now).Select(held => held.Key).ToList())
            _held.Remove(resource);
        _sweepAt = Math.Max(SweepFrom, 2 * _held.Count);
    }
}
