using Dapr.Protocol.Workflow;

namespace Sidecar.Cli.Workflows;

/// <summary>An instance and, when it cannot be read, why.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="State">Null when it is damaged.</param>
/// <param name="Problem">Null when it is not.</param>
internal sealed record FoundWorkflow(string InstanceId, WorkflowState? State, string? Problem);

/// <summary>Looks at the workflows of one app: through its sidecar while it runs, in its store while it does not.</summary>
internal interface IWorkflowReader : IAsyncDisposable
{
    /// <summary>All instances.</summary>
    IAsyncEnumerable<FoundWorkflow> ListAsync(CancellationToken cancellationToken);

    /// <summary>One instance, or null.</summary>
    Task<FoundWorkflow?> FindAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Committed history of an instance that <see cref="FindAsync"/> has found sound.</summary>
    Task<IReadOnlyList<HistoryEvent>> HistoryAsync(string instanceId, CancellationToken cancellationToken);
}
