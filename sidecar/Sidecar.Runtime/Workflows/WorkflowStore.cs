using System.Text;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <summary>An event that waits in an inbox, and the key it is kept under.</summary>
internal sealed record StoredInboxEvent(int Index, HistoryEvent Event);

/// <summary>Everything the store knows of one instance.</summary>
internal sealed record StoredWorkflow(
    WorkflowMetadata Metadata, IReadOnlyList<HistoryEvent> History, IReadOnlyList<StoredInboxEvent> Inbox, string? CustomStatus)
{
    /// <summary>History that the parent shows; null when it shows none.</summary>
    public PropagatedHistory? Received { get; init; }
}

/// <summary>What reading an instance came to: it is there, it is damaged, or (both null) there is none.</summary>
internal sealed record StoredInstance(string Id, StoredWorkflow? Workflow, CorruptWorkflowException? Damage);

/// <summary>A stored instance that cannot be read; the message names the key.</summary>
internal sealed class CorruptWorkflowException(string instanceId, string key, string problem, Exception? inner = null)
    : Exception($"workflow '{instanceId}' is set aside: state key '{key}' {problem}; restore the key, or purge the instance with force", inner);

/// <summary>
/// The actor state store as the engine sees it. Replicas of one app share an engine but each brings its own store instance; any of them will do.
/// </summary>
internal sealed partial class WorkflowStore(WorkflowKeys keys)
{
    private volatile IStateStore[] _stores = [];

    public WorkflowKeys Keys { get; } = keys;

    /// <summary>Each page costs a walk over everything where the store has no index: then one page has to do.</summary>
    private int PageSize => Current.ListingReadsAll ? 1_000_000 : 1000;

    private IStateStore Current => _stores is [var first, ..] ? first : throw new ObjectDisposedException(nameof(WorkflowStore), "no sidecar of the app is left");

    public void Attach(IStateStore store)
    {
        lock (Keys)
        {
            _stores = [.. _stores, store];
        }
    }

    public void Detach(IStateStore store)
    {
        lock (Keys)
        {
            var rest = _stores.ToList();
            rest.Remove(store);
            _stores = [.. rest];
        }
    }

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) =>
        Current.TransactAsync(operations, cancellationToken);

    public ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken) => Current.ExecuteAsync(operation, cancellationToken);

    public async Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        (await Current.GetAsync(key, cancellationToken))?.Value.ToArray();

    /// <summary>A history chunk: a protobuf list of events, so that any protobuf tool can show it.</summary>
    public static byte[] EncodeEvents(IEnumerable<HistoryEvent> events)
    {
        var chunk = new GetInstanceHistoryResponse();
        chunk.Events.AddRange(events);
        return chunk.ToByteArray();
    }

    /// <summary>Ids of the instances that have not ended.</summary>
    public async Task<IReadOnlyList<string>> ListActiveAsync(CancellationToken cancellationToken)
    {
        List<string> ids = [];
        await foreach (var key in ListAsync(Keys.ActivePrefix, cancellationToken))
        {
            ids.Add(key[Keys.ActivePrefix.Length..]);
        }

        return ids;
    }

    /// <summary>One page of all instance ids, in ordinal order of their keys.</summary>
    public async Task<(IReadOnlyList<string> Ids, string? ContinuationToken)> ListInstancesAsync(
        string? continuationToken, int pageSize, CancellationToken cancellationToken)
    {
        // The token is the store's own for the page it was on, and the last id given out of that page.
        var parts = continuationToken is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(continuationToken)).Split('\n', 2);
        var storeToken = parts is [{ Length: > 0 } token, _] ? token : null;
        var last = parts is [_, var id] ? Keys.MetadataOf(id) : null;
        List<string> ids = [];
        while (true)
        {
            var page = await Current.ListKeysAsync(Keys.AllPrefix, storeToken, PageSize, cancellationToken);
            foreach (var key in page.Keys)
            {
                if (last is not null && string.CompareOrdinal(key, last) <= 0 || Keys.InstanceOfMetadataKey(key) is not { } instanceId)
                {
                    continue;
                }

                if (ids.Count == pageSize)
                {
                    return (ids, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{storeToken}\n{ids[^1]}")));
                }

                ids.Add(instanceId);
            }

            if (page.ContinuationToken is null)
            {
                return (ids, null);
            }

            storeToken = page.ContinuationToken;
        }
    }

    /// <summary>All keys of one instance.</summary>
    public async Task<IReadOnlyList<string>> ListKeysOfAsync(string instanceId, CancellationToken cancellationToken)
    {
        var prefix = Keys.InstancePrefix(instanceId);
        List<string> found = [];
        await foreach (var key in ListAsync(prefix, cancellationToken))
        {
            if (WorkflowKeys.IsPart(key.AsSpan(prefix.Length)))
            {
                found.Add(key);
            }
        }

        return found;
    }

    private async IAsyncEnumerable<string> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = await Current.ListKeysAsync(prefix, token, PageSize, cancellationToken);
            foreach (var key in page.Keys)
            {
                yield return key;
            }

            token = page.ContinuationToken;
        }
        while (token is not null);
    }
}
