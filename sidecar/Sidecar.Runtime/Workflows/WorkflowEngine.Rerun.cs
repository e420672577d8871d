using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <content>Running an ended workflow again from a point of its history.</content>
public sealed partial class WorkflowEngine
{
    /// <summary>Starts a new instance that shares an ended one's history up to an activity, timer or child, and does that again.</summary>
    /// <exception cref="WorkflowException">
    /// No such instance or event (status 5), the source is not named, is the new id or has not ended, or the event takes no input (3), or the new id is taken (6).
    /// </exception>
    public async Task<string> RerunAsync(RerunWorkflowFromEventRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.SourceInstanceID.Length == 0)
        {
            throw new WorkflowException(3, "rerun workflow source instance ID is required");
        }

        if (request is { HasNewInstanceID: true } && request.NewInstanceID == request.SourceInstanceID)
        {
            throw new WorkflowException(3, "rerun workflow instance ID must be different from the original instance ID");
        }

        var source = await FindAsync(request.SourceInstanceID, cancellationToken)
            ?? throw new WorkflowException(5, $"workflow instance does not exist with ID '{request.SourceInstanceID}'");
        var newId = request is { HasNewInstanceID: true, NewInstanceID.Length: > 0 } ? request.NewInstanceID : Guid.NewGuid().ToString();
        List<HistoryEvent> history;
        lock (source.Lock)
        {
            ThrowIfQuarantined(source);
            if (!source.IsTerminal)
            {
                throw new WorkflowException(3, $"'{request.SourceInstanceID}' is not in a terminal state");
            }

            history = Fork(source, newId, request);
        }

        LiveWorkflow instance;
        using (await LockIdAsync(newId, cancellationToken))
        {
            if (await FindLockedAsync(newId, cancellationToken) is not null)
            {
                throw new WorkflowException(6, $"workflow '{newId}' has already been created");
            }

            instance = new LiveWorkflow(newId) { Metadata = new WorkflowMetadata(1, 0, 1, history.Count, HasReceived: source.Received is not null), Received = source.Received };
            await _store.TransactAsync(
                [
                    new SetState(_keys.MetadataOf(newId), instance.Metadata.ToBytes(), FirstWrite: true),
                    new SetState(_keys.ActiveOf(newId), "1"u8.ToArray()),
                    new SetState(_keys.HistoryOf(newId, 0), WorkflowStore.EncodeEvents(history)),
                    .. instance.Received is { } received ? [new SetState(_keys.ReceivedOf(newId), received.ToByteArray())] : Array.Empty<StateOperation>(),
                ],
                cancellationToken);
            instance.Execution.Apply(history);
            instance.HistoryBytes = history.Sum(e => (long)e.CalculateSize());
            _instances[newId] = instance;
        }

        Resume(instance);
        return newId;
    }

    private List<HistoryEvent> Fork(LiveWorkflow source, string newId, RerunWorkflowFromEventRequest request)
    {
        var events = source.Execution.Events;
        var at = -1;
        for (var i = 0; i < events.Count && at < 0; i++)
        {
            at = events[i].EventId == request.EventID && IsRerunnable(events[i]) ? i : -1;
        }

        if (at < 0)
        {
            var other = events.FirstOrDefault(e => e.EventId == request.EventID);
            throw new WorkflowException(5, other is null
                ? $"'{source.Id}' does not have history event with ID '{request.EventID}'"
                : $"target event '*protos.HistoryEvent_{other.EventTypeCase}' with ID '{request.EventID}' is not an event that can be rerun");
        }

        List<HistoryEvent> history = [.. events.Take(at).Select(e => e.Clone())];
        foreach (var started in history.Where(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted))
        {
            started.ExecutionStarted.WorkflowInstance = new WorkflowInstance { InstanceId = newId, ExecutionId = Guid.NewGuid().ToString() };
            started.ExecutionStarted.ParentInstance = null;
        }

        history.Add(Again(events[at].Clone(), source.Id, request));
        return history;
    }

    private HistoryEvent Again(HistoryEvent target, string sourceId, RerunWorkflowFromEventRequest request)
    {
        var parent = new RerunParentInstanceInfo { InstanceID = sourceId };
        target.Timestamp = Now();
        switch (target.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                target.TaskScheduled.RerunParentInstanceInfo = parent;
                target.TaskScheduled.Input = request.OverwriteInput ? request.Input : target.TaskScheduled.Input;
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                var child = target.ChildWorkflowInstanceCreated;
                child.RerunParentInstanceInfo = parent;
                child.Input = request.OverwriteInput ? request.Input : child.Input;
                child.InstanceId = request is { HasNewChildWorkflowInstanceID: true } ? request.NewChildWorkflowInstanceID : Guid.NewGuid().ToString();
                break;
            default:
                if (request.OverwriteInput)
                {
                    throw new WorkflowException(3, $"cannot write input to timer event '{target.EventId}'");
                }

                target.TimerCreated.RerunParentInstanceInfo = parent;
                break;
        }

        return target;
    }

    private static bool IsRerunnable(HistoryEvent e) => e.EventTypeCase
        is HistoryEvent.EventTypeOneofCase.TaskScheduled
        or HistoryEvent.EventTypeOneofCase.TimerCreated
        or HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated;
}
