using Dapr.Protocol.Workflow;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>Child workflows: their start, their result, and their end with the parent's.</content>
public sealed partial class WorkflowEngine
{
    /// <summary>True when a terminated workflow still has children to be told.</summary>
    internal static bool MustTerminateChildren(WorkflowExecution execution, IEnumerable<HistoryEvent> newEvents) =>
        execution.PendingChildren.Count > 0
        && (execution.Terminated ?? newEvents.FirstOrDefault(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionTerminated))
            is { ExecutionTerminated.Recurse: true };

    private async Task StartChildAsync(WorkflowEngine parentEngine, LiveWorkflow parent, WorkflowExecution execution, HistoryEvent created)
    {
        var child = created.ChildWorkflowInstanceCreated;
        var parentStart = execution.Started!.ExecutionStarted;
        var parentInfo = new ParentInstanceInfo
        {
            TaskScheduledId = created.EventId,
            Name = parentStart.Name,
            WorkflowInstance = new WorkflowInstance { InstanceId = parent.Id, ExecutionId = parentStart.WorkflowInstance?.ExecutionId },
            AppID = parentEngine.AppId,
        };
        if (parentEngine != this)
        {
            parentInfo.AppNamespace = parentEngine.Namespace;
        }

        await _ready.Task.WaitAsync(_stopping.Token);
        LiveWorkflow instance;
        using (await LockIdAsync(child.InstanceId, _stopping.Token))
        {
            var existing = await FindLockedAsync(child.InstanceId, _stopping.Token);
            if (existing?.Started?.ExecutionStarted.ParentInstance is { } known
                && known.TaskScheduledId == parentInfo.TaskScheduledId && known.WorkflowInstance.Equals(parentInfo.WorkflowInstance))
            {
                // The parent asked before a restart: only its result may be missing.
                if (existing.IsTerminal)
                {
                    NotifyParent(existing.Id, existing.Execution);
                }

                return;
            }

            if (existing?.Quarantine is not null)
            {
                // It may be this very child: the parent waits, as for a child that takes long, until the key is restored and the host started again.
                return;
            }

            if (existing is not null && !existing.IsTerminal)
            {
                parentEngine.AddDerivable(parent, execution, ChildFailed(created.EventId, "WorkflowInstanceAlreadyExists", $"an active workflow with ID '{child.InstanceId}' already exists"));
                return;
            }

            PropagatedHistory? shown;
            lock (parent.Lock)
            {
                shown = HistoryPropagation.Of(parentEngine.AppId, parent, execution, created);
            }

            var started = NewStart(child.InstanceId, child.Name, new ExecutionStartedEvent
            {
                Version = child.Version,
                Input = child.Input,
                ParentInstance = parentInfo,
                ParentTraceContext = child.ParentTraceContext,
            });
            instance = await CreateLockedAsync(existing, started, shown);
        }

        Begin(instance);
    }

    private async Task TerminateChildrenAsync(LiveWorkflow instance, WorkflowExecution execution)
    {
        var output = execution.Terminated?.ExecutionTerminated.Input;
        foreach (var child in execution.PendingChildren.Values.Where(_ => MustTerminateChildren(execution, [])))
        {
            var found = new TaskCompletionSource<WorkflowEngine>(TaskCreationOptions.RunContinuationsAsynchronously);
            ToApp(child.Router, found.SetResult);
            var host = await found.Task.WaitAsync(_stopping.Token);
            if (await host.FindAsync(child.ChildWorkflowInstanceCreated.InstanceId, _stopping.Token) is { Quarantine: null } target)
            {
                await host.AddClientEventAsync(target, Terminated(output, recurse: true), _stopping.Token);
            }
        }

        await _store.ExecuteAsync(new DeleteState(_keys.ActiveOf(instance.Id)), _stopping.Token);
    }

    private void NotifyParent(string childId, WorkflowExecution execution)
    {
        if (execution.Parent is not { WorkflowInstance: { } parentInstance } parent)
        {
            return;
        }

        var completed = execution.Completed!.ExecutionCompleted;
        var result = completed.WorkflowStatus == OrchestrationStatus.Completed
            ? new HistoryEvent
            {
                EventId = -1,
                ChildWorkflowInstanceCompleted = new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = parent.TaskScheduledId, Result = completed.Result },
            }
            : ChildFailed(parent.TaskScheduledId, completed.WorkflowStatus.ToString(), $"child workflow '{childId}' ended as {completed.WorkflowStatus}", completed.FailureDetails);
        result.Timestamp = Now();
        ToApp(parent.HasAppID ? parent.AppID : "", parent.HasAppNamespace ? parent.AppNamespace : "", engine => engine.InBackground(
            parentInstance.InstanceId, () => engine.TakeChildResultAsync(parentInstance, childId, parent.TaskScheduledId, result)));
    }

    private async Task TakeChildResultAsync(WorkflowInstance parent, string childId, int taskId, HistoryEvent result)
    {
        if (await FindAsync(parent.InstanceId, _stopping.Token) is { } instance
            && instance.Execution is var execution
            && execution.Started?.ExecutionStarted.WorkflowInstance?.ExecutionId == parent.ExecutionId
            && execution.PendingChildren.TryGetValue(taskId, out var created)
            && created.ChildWorkflowInstanceCreated.InstanceId == childId)
        {
            if (AddDerivable(instance, execution, result))
            {
                await SaveUnsavedResultsAsync(instance, _stopping.Token);
            }
        }
    }

    private static HistoryEvent ChildFailed(int taskId, string errorType, string message, TaskFailureDetails? details = null) => new()
    {
        EventId = -1,
        ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent
        {
            TaskScheduledId = taskId,
            FailureDetails = details ?? new TaskFailureDetails { ErrorType = errorType, ErrorMessage = message, IsNonRetriable = true },
        },
    };
}
