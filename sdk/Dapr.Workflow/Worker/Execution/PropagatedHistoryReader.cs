using Dapr.Workflow.Client;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Reads the history that callers shared: what each had scheduled, and how far that had come.</summary>
internal static class PropagatedHistoryReader
{
    public static PropagatedHistory Read(Wire.PropagatedHistory history) => new([.. history.Chunks.Select(Read)]);

    private static PropagatedHistoryEvent Read(Wire.PropagatedHistoryChunk chunk)
    {
        var events = chunk.RawEvents.Select(Wire.HistoryEvent.Parser.ParseFrom).ToList();
        var completed = events.Where(e => e.TaskCompleted is not null).ToLookup(e => e.TaskCompleted.TaskScheduledId, e => e.TaskCompleted);
        var failed = events.Where(e => e.TaskFailed is not null).ToLookup(e => e.TaskFailed.TaskScheduledId, e => e.TaskFailed);
        var childCompleted = events.Where(e => e.ChildWorkflowInstanceCompleted is not null)
            .ToLookup(e => e.ChildWorkflowInstanceCompleted.TaskScheduledId, e => e.ChildWorkflowInstanceCompleted);
        var childFailed = events.Where(e => e.ChildWorkflowInstanceFailed is not null)
            .ToLookup(e => e.ChildWorkflowInstanceFailed.TaskScheduledId, e => e.ChildWorkflowInstanceFailed);

        var activities = events.Where(e => e.TaskScheduled is not null).Select(e => new PropagatedHistoryActivityResult(
            e.TaskScheduled.Name, StatusOf(completed.Contains(e.EventId), failed.Contains(e.EventId)), e.TaskScheduled.Input,
            completed[e.EventId].FirstOrDefault()?.Result, WorkflowWireFormat.FromWire(failed[e.EventId].FirstOrDefault()?.FailureDetails)));
        var children = events.Where(e => e.ChildWorkflowInstanceCreated is not null).Select(e => new PropagatedHistoryWorkflowResult(
            e.ChildWorkflowInstanceCreated.Name, StatusOf(childCompleted.Contains(e.EventId), childFailed.Contains(e.EventId)),
            childCompleted[e.EventId].FirstOrDefault()?.Result, WorkflowWireFormat.FromWire(childFailed[e.EventId].FirstOrDefault()?.FailureDetails)));
        return new PropagatedHistoryEvent(chunk.InstanceId, chunk.AppId, chunk.WorkflowName, [.. activities], [.. children]);
    }

    private static PropagatedHistoryStatus StatusOf(bool completed, bool failed) =>
        completed ? PropagatedHistoryStatus.Completed : failed ? PropagatedHistoryStatus.Failed : PropagatedHistoryStatus.Pending;
}
