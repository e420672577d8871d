using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <summary>Instances that a turn starts and nobody waits for; their ids stay locked until this is disposed.</summary>
internal sealed class DetachedStarts(IReadOnlyList<IDisposable> locks) : IDisposable
{
    public List<(LiveWorkflow Instance, LiveWorkflow? Ended)> Instances { get; } = [];

    /// <summary>Goes into the transaction of the turn.</summary>
    public List<StateOperation> Operations { get; } = [];

    public void Dispose()
    {
        foreach (var held in locks)
        {
            held.Dispose();
        }
    }
}

/// <content>Detached workflows: they start in the transaction of the turn that asks for them.</content>
public sealed partial class WorkflowEngine
{
    private HistoryEvent NewStart(CreateDetachedWorkflowAction detached) => NewStart(detached.InstanceId, detached.Name, new ExecutionStartedEvent
    {
        Version = detached.Version,
        Input = detached.Input,
        ScheduledStartTimestamp = detached.ScheduledStartTimestamp,
        ParentTraceContext = detached.ParentTraceContext,
    });

    /// <summary>Makes what can be made: an id that is in use keeps its workflow, as when a client starts it twice.</summary>
    private async Task<DetachedStarts> PrepareDetachedAsync(IReadOnlyList<HistoryEvent> starts)
    {
        if (starts.Count == 0)
        {
            return new DetachedStarts([]);
        }

        await _ready.Task.WaitAsync(_stopping.Token);
        List<IDisposable> locks = [];
        var detached = new DetachedStarts(locks);
        try
        {
            // In the order of the gates, so that two turns that start each other's ids do not wait for each other.
            foreach (var gate in starts.Select(start => GateOf(IdOf(start))).Distinct().Order())
            {
                locks.Add(await LockGateAsync(gate, _stopping.Token));
            }

            foreach (var started in starts)
            {
                await PrepareAsync(detached, started);
            }

            return detached;
        }
        catch
        {
            detached.Dispose();
            throw;
        }
    }

    private async Task PrepareAsync(DetachedStarts detached, HistoryEvent started)
    {
        var id = IdOf(started);
        var existing = await FindLockedAsync(id, _stopping.Token);
        if (existing is { IsTerminal: false } || detached.Instances.Exists(other => other.Instance.Id == id))
        {
            _logger.DetachedRefused(id);
            return;
        }

        var instance = new LiveWorkflow(id);
        SetPendingStart(instance, started);
        WorkflowTracing.BeginWorkflow(instance, started.ExecutionStarted);
        if (existing is null)
        {
            instance.Metadata = new WorkflowMetadata(1, 0, 0, 0);
            instance.Inbox.Add(new InboxEvent(started, instance.TakeInboxIndex()));
            detached.Operations.Add(new SetState(_keys.MetadataOf(id), instance.Metadata.ToBytes(), FirstWrite: true));
            detached.Operations.Add(new SetState(_keys.ActiveOf(id), "1"u8.ToArray()));
            detached.Operations.Add(new SetState(_keys.InboxOf(id, 0), started.ToByteArray()));
        }
        else
        {
            detached.Operations.AddRange(await ReplacingAsync(existing, instance, started));
        }

        detached.Instances.Add((instance, existing));
    }

    private static string IdOf(HistoryEvent started) => started.ExecutionStarted.WorkflowInstance.InstanceId;
}
