using Dapr.Protocol.Workflow;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <summary>An instance as it is stored.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="State">What clients would see of it; null when it is damaged.</param>
/// <param name="History">Its committed history; empty when it is damaged.</param>
/// <param name="Problem">Why it cannot be read; null when it can.</param>
public sealed record ArchivedWorkflow(string InstanceId, WorkflowState? State, IReadOnlyList<HistoryEvent> History, string? Problem);

/// <summary>Reads the workflows of an app that does not run from its actor state store. It changes nothing.</summary>
/// <param name="appId">App whose workflows they are.</param>
/// <param name="namespace">Namespace of the app.</param>
/// <param name="store">The app's actor state store.</param>
public sealed class WorkflowArchive(string appId, string @namespace, IStateStore store)
{
    private const int PageSize = 1000;
    private const int LoadedAtOnce = 64;

    private readonly WorkflowStore _store = Attached(new WorkflowStore(new WorkflowKeys(appId, @namespace)), store);

    /// <summary>All instances, in the order of their ids.</summary>
    public async IAsyncEnumerable<ArchivedWorkflow> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            (var ids, token) = await _store.ListInstancesAsync(token, PageSize, cancellationToken);
            foreach (var batch in ids.Chunk(LoadedAtOnce))
            {
                foreach (var stored in await _store.LoadManyAsync(batch, null, cancellationToken))
                {
                    yield return ToArchived(stored);
                }
            }
        }
        while (token is not null);
    }

    /// <summary>One instance, or null when there is none.</summary>
    public async Task<ArchivedWorkflow?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        await _store.LoadAsync(instanceId, cancellationToken) is { } stored and not { Workflow: null, Damage: null } ? ToArchived(stored) : null;

    private static ArchivedWorkflow ToArchived(StoredInstance stored) => stored.Workflow is { } workflow
        ? new ArchivedWorkflow(stored.Id, WorkflowStates.Of(WorkflowEngine.ToLive(stored.Id, workflow), withData: true), workflow.History, null)
        : new ArchivedWorkflow(stored.Id, null, [], stored.Damage!.Message);

    private static WorkflowStore Attached(WorkflowStore workflows, IStateStore store)
    {
        workflows.Attach(store);
        return workflows;
    }
}
