using Sidecar.Runtime.State;

namespace Sidecar.Components.InMemoryState;

/// <summary>Keys and values under one lock. Values are copied in, so a caller may reuse its buffer.</summary>
internal sealed class InMemoryTable(TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, StateItem> _items = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private ITimer? _sweeper;

    /// <summary>Reads several keys at one moment.</summary>
    public StateItem?[] Get(IReadOnlyList<string> keys)
    {
        var now = time.GetUtcNow();
        var found = new StateItem?[keys.Count];
        lock (_lock)
        {
            for (var i = 0; i < found.Length; i++)
                found[i] = Live(keys[i], now);
        }

        return found;
    }

    /// <summary>Makes all changes or none; a later operation of the list sees what an earlier one did.</summary>
    public void Apply(IReadOnlyList<StateOperation> operations)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var undo = new List<(string Key, StateItem? Before)>(operations.Count);
            try
            {
                foreach (var operation in operations)
                {
                    var before = Live(operation.Key, now);
                    Check(operation, before);
                    undo.Add((operation.Key, before));
                    Put(operation.Key, operation is SetState set ? Item(set, now) : null);
                }
            }
            catch (ETagMismatchException)
            {
                for (var i = undo.Count - 1; i >= 0; i--)
                    Put(undo[i].Key, undo[i].Before);
                throw;
            }
        }
    }

    /// <summary>One page of live keys in ordinal order; the token is the last key of the page before.</summary>
    public KeyPage ListKeys(string prefix, string? after, int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var keys = WithPrefix(prefix, after, now).Take(pageSize + 1).ToList();
            if (keys.Count <= pageSize)
                return new KeyPage(keys, null);
            keys.RemoveAt(pageSize);
            return new KeyPage(keys, keys[^1]);
        }
    }

    /// <summary>Deletes what starts with the prefix and says how many live keys there were.</summary>
    public int DeleteWithPrefix(string prefix)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var keys = WithPrefix(prefix, null, now).ToList();
            keys.ForEach(key => Put(key, null));
            return keys.Count;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _sweeper?.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private static void Check(StateOperation operation, StateItem? before)
    {
        var mismatch = !string.IsNullOrEmpty(operation.ETag) ? before?.ETag != operation.ETag : operation is SetState { FirstWrite: true } && before is not null;
        if (mismatch)
            throw new ETagMismatchException(operation.Key);
    }

    private static StateItem Item(SetState set, DateTimeOffset now) =>
        new(set.Key, set.Value.ToArray(), Guid.NewGuid().ToString(), set.TimeToLive is { Ticks: > 0 } ttl ? now + ttl : null);

    private StateItem? Live(string key, DateTimeOffset now) => _items.TryGetValue(key, out var item) && !(item.ExpiresAt <= now) ? item : null;

    private void Put(string key, StateItem? item)
    {
        if (item is null)
        {
            if (_items.Remove(key))
                _keys.Remove(key);
            return;
        }

        if (_items.TryAdd(key, item))
            _keys.Add(key);
        else
            _items[key] = item;
        if (item.ExpiresAt is not null)
            _sweeper ??= time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    private IEnumerable<string> WithPrefix(string prefix, string? after, DateTimeOffset now)
    {
        var start = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix;
        // Max is null only for an empty set; a start behind the last key would be refused by GetViewBetween.
        if (_keys.Max is not { } last || string.CompareOrdinal(start, last) > 0)
            return [];
        return _keys.GetViewBetween(start, last)
            .TakeWhile(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Where(key => key != after && Live(key, now) is not null);
    }

    private void Sweep()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var key in _items.Values.Where(item => item.ExpiresAt <= now).Select(item => item.Key).ToList())
                Put(key, null);
        }
    }
}
