using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Faults;

/// <summary>A state store whose calls are fault points: <c>app/state.transaction</c>, <c>state.save</c>, <c>state.delete</c>, <c>state.read</c>; a workflow engine's own are <c>workflow.…</c>.</summary>
internal sealed class FaultyStateStore(IStateStore store, FaultPoints points, string appId, string block) : IStateStore
{
    private const string WorkflowKeys = "||dapr.internal.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities => store.Capabilities;

    /// <inheritdoc/>
    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        await points.PassAsync($"{appId}/{BlockOf(key)}.read/before", new Passage(appId, null, [key], IsWork: false), cancellationToken);
        return await store.GetAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count > 0)
            await points.PassAsync($"{appId}/{BlockOf(keys[0])}.read/before", new Passage(appId, null, keys, IsWork: false), cancellationToken);
        return await store.GetManyAsync(keys, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        var point = $"{appId}/{BlockOf(operation.Key)}.{(operation is SetState ? "save" : "delete")}";
        var passage = new Passage(appId, null, [operation.Key]);
        await points.PassAsync(point + "/before", passage, cancellationToken);
        await store.ExecuteAsync(operation, cancellationToken);
        await points.PassAsync(point + "/after", passage, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        var point = $"{appId}/{(operations.Count > 0 ? BlockOf(operations[0].Key) : block)}.transaction";
        var passage = new Passage(appId, null, [.. operations.Select(operation => operation.Key)]);
        await points.PassAsync(point + "/before", passage, cancellationToken);
        await store.TransactAsync(operations, cancellationToken);
        await points.PassAsync(point + "/after", passage, CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken) =>
        store.ListKeysAsync(prefix, continuationToken, pageSize, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken) => store.DeleteWithPrefixAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private string BlockOf(string key) => key.Contains(WorkflowKeys, StringComparison.Ordinal) ? "workflow" : block;
}
