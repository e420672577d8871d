using System.Collections.Concurrent;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>What turns send out: activities, timers, child workflows, results for parents, events for other instances.</content>
public sealed partial class WorkflowEngine
{
    private readonly ConcurrentDictionary<(string InstanceId, int TaskId), ActivityWork> _activities = new();
    private readonly ConcurrentDictionary<(string Namespace, string AppId), ConcurrentQueue<Action<WorkflowEngine>>> _waitingForApps = new();

    /// <summary>Takes a worker's answer to an activity; when it is answered the result will not be lost while no turn can take it.</summary>
    /// <exception cref="WorkflowException">No such activity is under way.</exception>
    public async Task CompleteActivityAsync(ActivityResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (!_activities.TryGetValue((response.InstanceId, response.TaskId), out var work)
            || (response.CompletionToken.Length > 0 && response.CompletionToken != work.Token)
            || !work.TryComplete())
        {
            throw new WorkflowException(
                2, $"no activity {response.TaskId} of instance '{response.InstanceId}' waits for an answer (token '{response.CompletionToken}')");
        }

        Forget(work);
        work.Finish();
        WorkflowTracing.EndActivity(work, response);
        _options.Metrics?.ActivityExecutions.Increment(work.Scheduled.TaskScheduled.Name, response.FailureDetails is null ? "success" : "failed");
        await work.Owner.TakeResultAsync(work, response, cancellationToken);
    }

    /// <summary>Name of an activity under way; empty when it is not.</summary>
    internal string ActivityNameOf(string instanceId, int taskId) => _activities.TryGetValue((instanceId, taskId), out var work) ? work.Scheduled.TaskScheduled.Name : "";

    internal WorkItem? BeginActivity(ActivityWork work)
    {
        var owner = work.Instance;
        PropagatedHistory? shown;
        lock (owner.Lock)
        {
            if (work.IsDone || owner.IsGone || owner.IsTerminal || owner.Execution != work.Execution)
            {
                Forget(work);
                return null;
            }

            shown = HistoryPropagation.Of(work.Owner.AppId, owner, work.Execution, work.Scheduled);
        }

        var task = work.Scheduled.TaskScheduled;
        WorkflowTracing.BeginActivity(work);
        return new WorkItem
        {
            CompletionToken = work.Token,
            ActivityRequest = new ActivityRequest
            {
                Name = task.Name,
                Version = task.Version,
                Input = task.Input,
                TaskId = work.TaskId,
                TaskExecutionId = task.TaskExecutionId,
                PropagatedHistory = shown,
                ParentTraceContext = WorkflowTracing.ContextOf(work.Span) ?? task.ParentTraceContext,
                WorkflowInstance = new WorkflowInstance { InstanceId = owner.Id, ExecutionId = work.Execution.Started?.ExecutionStarted.WorkflowInstance?.ExecutionId },
            },
        };
    }

    internal void RequeueActivity(ActivityWork work) => _activityLane.Enqueue(work);

    private void Forget(ActivityWork work) =>
        ((ICollection<KeyValuePair<(string, int), ActivityWork>>)_activities).Remove(new((work.Instance.Id, work.TaskId), work));

    private async Task TakeResultAsync(ActivityWork work, ActivityResponse response, CancellationToken cancellationToken)
    {
        var taskExecutionId = work.Scheduled.TaskScheduled.TaskExecutionId;
        var result = new HistoryEvent { EventId = -1, Timestamp = Now() };
        if (response.FailureDetails is { } failure)
        {
            result.TaskFailed = new TaskFailedEvent { TaskScheduledId = work.TaskId, FailureDetails = failure, TaskExecutionId = taskExecutionId };
        }
        else
        {
            result.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = work.TaskId, Result = response.Result, TaskExecutionId = taskExecutionId };
        }

        if (AddDerivable(work.Instance, work.Execution, result))
        {
            await SaveUnsavedResultsAsync(work.Instance, cancellationToken);
        }
    }

    /// <summary>Puts an event that needs no key of its own into the inbox. True when no turn will take it soon.</summary>
    private bool AddDerivable(LiveWorkflow instance, WorkflowExecution execution, HistoryEvent historyEvent)
    {
        lock (instance.Lock)
        {
            if (instance.IsGone || instance.IsTerminal || instance.Execution != execution)
            {
                return false;
            }

            instance.Inbox.Add(new InboxEvent(historyEvent, null));
            EnqueueTurn(instance);
            return ConnectedWorkers == 0 || execution.IsSuspended || instance.AwaitsNewWorker;
        }
    }

    /// <summary>Sends out what committed events ask for.</summary>
    private void Dispatch(LiveWorkflow instance, TurnOutcome outcome)
    {
        if (outcome.NextExecution is not null)
        {
            return;
        }

        var execution = instance.Execution;
        foreach (var historyEvent in outcome.History)
        {
            Dispatch(instance, execution, historyEvent);
        }

        if (execution.Completed is not null)
        {
            Ended(instance, execution);
        }
    }

    private void Dispatch(LiveWorkflow instance, WorkflowExecution execution, HistoryEvent historyEvent)
    {
        switch (historyEvent.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                ToApp(historyEvent.Router, host => host.EnqueueActivity(new ActivityWork(this, host, instance, execution, historyEvent)));
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                Arm(instance, execution, historyEvent);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                ToApp(historyEvent.Router, host => host.InBackground(
                    historyEvent.ChildWorkflowInstanceCreated.InstanceId, () => host.StartChildAsync(this, instance, execution, historyEvent)));
                break;
            default:
                break;
        }
    }

    private void EnqueueActivity(ActivityWork work)
    {
        _activities[(work.Instance.Id, work.TaskId)] = work;
        _activityLane.Enqueue(work);
    }

    private void Arm(LiveWorkflow instance, WorkflowExecution execution, HistoryEvent created)
    {
        var fireAt = created.TimerCreated.FireAt;
        _timers.Schedule(fireAt.ToDateTimeOffset(), () => AddDerivable(instance, execution, new HistoryEvent
        {
            EventId = -1,
            Timestamp = Now(),
            TimerFired = new TimerFiredEvent { FireAt = fireAt, TimerId = created.EventId },
        }));
    }

    /// <summary>Runs the action on the engine of the app a task is routed to: this one, or another app's as soon as it is there.</summary>
    private void ToApp(TaskRouter? router, Action<WorkflowEngine> action) =>
        ToApp(router is { HasTargetAppID: true } ? router.TargetAppID : "", router is { HasTargetAppNamespace: true } ? router.TargetAppNamespace : "", action);

    private void ToApp(string appId, string @namespace, Action<WorkflowEngine> action)
    {
        appId = appId.Length > 0 ? appId : AppId;
        @namespace = @namespace.Length > 0 ? @namespace : Namespace;
        if (appId == AppId && @namespace == Namespace)
        {
            action(this);
            return;
        }

        _waitingForApps.GetOrAdd((@namespace, appId), static _ => new()).Enqueue(action);
        OnEngineRegistered(@namespace, appId);
    }

    private void OnEngineRegistered(string @namespace, string appId)
    {
        if (_waitingForApps.TryGetValue((@namespace, appId), out var waiting) && _options.Directory?.Find(@namespace, appId) is { } engine)
        {
            while (waiting.TryDequeue(out var action))
            {
                action(engine);
            }
        }
    }

    private void Ended(LiveWorkflow instance, WorkflowExecution execution)
    {
        WorkflowTracing.EndWorkflow(instance, execution);
        NotifyParent(instance.Id, execution);
        Retire(instance);
        if (MustTerminateChildren(execution, []))
        {
            InBackground(instance.Id, () => TerminateChildrenAsync(instance, execution));
        }
    }

    private async Task<IReadOnlyList<Delivery>> FindTargetsAsync(IReadOnlyList<OutboundEvent> outbound)
    {
        if (outbound.Count == 0)
        {
            return [];
        }

        List<Delivery> deliveries = [];
        foreach (var (instanceId, historyEvent) in outbound)
        {
            if (await FindAsync(instanceId, _stopping.Token) is { } target && !target.IsTerminal && target.Quarantine is null)
            {
                await EnsureStoredAsync(target, _stopping.Token);
                lock (target.Lock)
                {
                    deliveries.Add(new Delivery(target, historyEvent, target.TakeInboxIndex()));
                }
            }
        }

        return deliveries;
    }

    private void Deliver(IReadOnlyList<Delivery> deliveries)
    {
        foreach (var (target, historyEvent, index) in deliveries)
        {
            AddStored(target, new InboxEvent(historyEvent, index));
        }
    }

    /// <summary>Puts an event that is in the store already into the inbox.</summary>
    private void AddStored(LiveWorkflow instance, InboxEvent entry)
    {
        lock (instance.Lock)
        {
            if (instance.IsTerminal || instance.IsGone)
            {
                DeleteInbox(instance, [entry]);
                return;
            }

            instance.Inbox.Add(entry);
            if (IsTermination(entry))
            {
                // Whatever it waits for: an answer that does not complete it will do.
                instance.AwaitsNewWorker = false;
            }

            EnqueueTurn(instance);
        }
    }

    private void DeleteInbox(LiveWorkflow instance, IReadOnlyList<InboxEvent> entries)
    {
        StateOperation[] operations = [.. entries.Where(entry => entry.Index is not null).Select(entry => new DeleteState(_keys.InboxOf(instance.Id, entry.Index!.Value)))];
        if (operations.Length > 0)
        {
            InBackground(instance.Id, async () => await _store.TransactAsync(operations, _stopping.Token));
        }
    }

    /// <summary>Saves what lives in memory alone because a turn was about to save it: now there is nobody to make turns.</summary>
    private async Task SaveUnsavedAsync()
    {
        foreach (var instance in _instances.Values)
        {
            if (instance is { IsTerminal: false, Quarantine: null })
            {
                await EnsureStoredAsync(instance, CancellationToken.None);
                await SaveUnsavedResultsAsync(instance, CancellationToken.None);
            }
        }
    }

    /// <summary>Gives results that wait in memory a key: no turn will take them soon.</summary>
    private async Task SaveUnsavedResultsAsync(LiveWorkflow instance, CancellationToken cancellationToken)
    {
        List<StateOperation> operations = [];
        lock (instance.Lock)
        {
            if (instance.IsGone || instance.IsTerminal)
            {
                return;
            }

            for (var i = 0; i < instance.Inbox.Count; i++)
            {
                if (instance.Inbox[i] is { Index: null } entry && IsResult(entry.Event))
                {
                    instance.Inbox[i] = entry with { Index = instance.TakeInboxIndex() };
                    operations.Add(new SetState(_keys.InboxOf(instance.Id, instance.Inbox[i].Index!.Value), entry.Event.ToByteArray()));
                }
            }
        }

        if (operations.Count > 0)
        {
            await _store.TransactAsync(operations, cancellationToken);
        }
    }

    /// <summary>Work was done for it: timers fire again, but an activity would run again, and a child that was purged meanwhile would be started again.</summary>
    private static bool IsResult(HistoryEvent historyEvent) => historyEvent.EventTypeCase
        is HistoryEvent.EventTypeOneofCase.TaskCompleted
        or HistoryEvent.EventTypeOneofCase.TaskFailed
        or HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted
        or HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed;
}
