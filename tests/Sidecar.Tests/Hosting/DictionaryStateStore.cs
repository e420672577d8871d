using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Sidecar.Tests.Hosting;

/// <summary>A state store in a dictionary: what these tests need of a component, no more.</summary>
internal sealed class DictionaryStateStore(TimeProvider time) : IStateStore, IComponentFactory
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StateItem> _items = new(StringComparer.Ordinal);
    private int _version;

    public string Type => "state.dictionary";

    public IReadOnlyList<string> Capabilities { get; init; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    /// <summary>Full keys as they are stored.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_gate)
                return [.. _items.Keys];
        }
    }

    /// <summary>When set, every call fails with it.</summary>
    public Exception? Failure { get; set; }

    public int Calls { get; private set; }

    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) =>
        component.Metadata.ContainsKey("fail") ? throw new ComponentException(component, "fail", "says so") : Task.FromResult<IAsyncDisposable>(this);

    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        Enter();
        lock (_gate)
            return ValueTask.FromResult(_items.TryGetValue(key, out var item) && !(item.ExpiresAt <= time.GetUtcNow()) ? item : null);
    }

    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var items = new StateItem?[keys.Count];
        for (var i = 0; i < keys.Count; i++)
            items[i] = await GetAsync(keys[i], cancellationToken);
        return items;
    }

    public ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken) => TransactAsync([operation], cancellationToken);

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        Enter();
        lock (_gate)
        {
            foreach (var operation in operations)
                Check(operation);
            foreach (var operation in operations)
                Apply(operation);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new KeyPage([.. Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))], null));

    public ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var keys = _items.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
            return ValueTask.FromResult(keys.Count(_items.Remove));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Enter()
    {
        Calls++;
        if (Failure is not null)
            throw Failure;
    }

    private void Check(StateOperation operation)
    {
        var exists = _items.TryGetValue(operation.Key, out var item);
        if (operation.ETag == "not-an-etag")
            throw new InvalidETagException(operation.Key, operation.ETag);
        if (operation.ETag is not null && (!exists || item!.ETag != operation.ETag))
            throw new ETagMismatchException(operation.Key);
        if (operation is SetState { FirstWrite: true, ETag: null } && exists)
            throw new ETagMismatchException(operation.Key);
    }

    private void Apply(StateOperation operation)
    {
        if (operation is SetState set)
            _items[set.Key] = new StateItem(set.Key, set.Value.ToArray(), $"{++_version}", set.TimeToLive is { Ticks: > 0 } ttl ? time.GetUtcNow() + ttl : null);
        else
            _items.Remove(operation.Key);
    }
}
