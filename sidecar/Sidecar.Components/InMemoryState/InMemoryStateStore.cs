using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;

namespace Sidecar.Components.InMemoryState;

/// <summary>One app's share in an <see cref="InMemoryTable"/>.</summary>
internal sealed class InMemoryStateStore(Lease<InMemoryTable> lease) : IStateStore
{
    private readonly InMemoryTable _table = lease.Instance;

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE"];

    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken) => new(_table.Get([key])[0]);

    public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => new(_table.Get(keys));

    public ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken) => TransactAsync([operation], cancellationToken);

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _table.Apply(operations);
        return ValueTask.CompletedTask;
    }

    public ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken) =>
        new(_table.ListKeys(prefix, continuationToken, pageSize));

    public ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken) => new(_table.DeleteWithPrefix(prefix));

    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
