using Dapr.Protocol.Workflow;
using Google.Protobuf;

namespace Sidecar.Runtime.Workflows;

/// <summary>
/// History that a workflow shows to its activities and children when it asks for that: its own up to the event that schedules them, with
/// <see cref="HistoryPropagationScope.Lineage"/> behind what it was shown itself.
/// </summary>
internal static class HistoryPropagation
{
    /// <summary>What an activity or a child is shown; null when nothing was asked for.</summary>
    /// <param name="appId">App of the workflow.</param>
    /// <param name="workflow">The workflow, its lock held.</param>
    /// <param name="execution">Its execution.</param>
    /// <param name="scheduled">The event that schedules it.</param>
    public static PropagatedHistory? Of(string appId, LiveWorkflow workflow, WorkflowExecution execution, HistoryEvent scheduled)
    {
        var scope = scheduled.TaskScheduled?.HistoryPropagationScope ?? scheduled.ChildWorkflowInstanceCreated.HistoryPropagationScope;
        return scope == HistoryPropagationScope.None
            ? null
            : Assemble(scope, appId, workflow, execution.Events.TakeWhile(e => !ReferenceEquals(e, scheduled)).Append(scheduled));
    }

    /// <summary>What the next execution is shown after continue-as-new: the same as this one, and this one itself.</summary>
    public static PropagatedHistory? Onwards(string appId, LiveWorkflow workflow, IEnumerable<HistoryEvent> lastTurn) =>
        workflow.Received is { } received ? Assemble(received.Scope, appId, workflow, workflow.Execution.Events.Concat(lastTurn)) : null;

    private static PropagatedHistory Assemble(HistoryPropagationScope scope, string appId, LiveWorkflow workflow, IEnumerable<HistoryEvent> events)
    {
        var shown = new PropagatedHistory { Scope = scope };
        if (scope == HistoryPropagationScope.Lineage && workflow.Received is { } received)
        {
            shown.Chunks.AddRange(received.Chunks);
        }

        shown.Chunks.Add(new PropagatedHistoryChunk
        {
            AppId = appId,
            InstanceId = workflow.Id,
            WorkflowName = workflow.Started?.ExecutionStarted.Name ?? "",
            RawEvents = { events.Select(e => e.ToByteString()) },
        });
        return shown;
    }
}
