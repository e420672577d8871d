using System.Text;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <summary>An event for another instance, with the inbox index it gets there; the index is null when there is nobody to take it.</summary>
internal sealed record Delivery(LiveWorkflow Target, HistoryEvent Event, int Index);

/// <summary>What a turn sends to other instances. Found once: a second try to save the turn must write the same keys as the first.</summary>
internal sealed class TurnSending(IReadOnlyList<HistoryEvent> detachedStarts)
{
    /// <summary>Start events of the workflows it starts detached.</summary>
    public IReadOnlyList<HistoryEvent> DetachedStarts { get; } = detachedStarts;

    /// <summary>Events for other instances; null until their inboxes were found.</summary>
    public IReadOnlyList<Delivery>? Deliveries { get; set; }

    /// <summary>Inbox of the next execution after continue-as-new; null until its indexes were taken.</summary>
    public List<InboxEvent>? NextInbox { get; set; }
}

/// <summary>The one transaction of a turn.</summary>
internal sealed class TurnSave
{
    public TurnSave(string appId, WorkflowKeys keys, LiveWorkflow instance, TurnWork turn, TurnOutcome outcome, TurnSending sending)
    {
        var before = instance.Metadata;
        var id = instance.Id;
        Metadata = before ?? new WorkflowMetadata(1, 0, 0, 0);
        if (outcome.NextExecution is { } next)
        {
            for (var chunk = Metadata.FirstChunk; chunk < Metadata.NextChunk; chunk++)
            {
                Operations.Add(new DeleteState(keys.HistoryOf(id, chunk)));
            }

            Received = HistoryPropagation.Onwards(appId, instance, outcome.History);
            Metadata = new WorkflowMetadata(Metadata.Generation + 1, Metadata.NextChunk, Metadata.NextChunk, 0, Continued: true, HasReceived: Received is not null);
            if (Received is not null)
            {
                Operations.Add(new SetState(keys.ReceivedOf(id), Received.ToByteArray()));
            }

            NextInbox = sending.NextInbox ??= [.. next.Select(historyEvent => new InboxEvent(historyEvent, instance.TakeInboxIndex()))];
            foreach (var entry in NextInbox)
            {
                Operations.Add(new SetState(keys.InboxOf(id, entry.Index!.Value), entry.Event.ToByteArray()));
            }

            Proof = (keys.InboxOf(id, NextInbox[0].Index!.Value), NextInbox[0].Event.ToByteArray());
        }
        else if (outcome.History.Count > 0)
        {
            Chunk = WorkflowStore.EncodeEvents(outcome.History);
            Proof = (keys.HistoryOf(id, Metadata.NextChunk), Chunk);
            Operations.Add(new SetState(Proof.Key, Chunk, FirstWrite: true));
            Metadata = Metadata with { NextChunk = Metadata.NextChunk + 1, Events = Metadata.Events + outcome.History.Count };
        }

        if (Metadata != before)
        {
            Operations.Add(new SetState(keys.MetadataOf(id), Metadata.ToBytes(), FirstWrite: before is null));
        }

        if (!outcome.IsStalled)
        {
            SaveCustomStatus(keys, instance, outcome);
            DeleteInbox(keys, id, turn.Batch);
        }

        DeleteInbox(keys, id, turn.Dropped);
        SaveActivity(keys, instance, outcome, isNew: before is null);
        foreach (var delivery in sending.Deliveries ?? [])
        {
            Operations.Add(new SetState(keys.InboxOf(delivery.Target.Id, delivery.Index), delivery.Event.ToByteArray()));
        }
    }

    public List<StateOperation> Operations { get; } = [];

    /// <summary>Encoded events that are appended to the history; empty when none are.</summary>
    public byte[] Chunk { get; } = [];

    /// <summary>A key and value that are in the store when this, and nobody else's change, was saved.</summary>
    public (string Key, byte[] Value) Proof { get; } = ("", []);

    /// <summary>Metadata after the save.</summary>
    public WorkflowMetadata Metadata { get; }

    /// <summary>Inbox of the next execution after continue-as-new.</summary>
    public IReadOnlyList<InboxEvent> NextInbox { get; } = [];

    /// <summary>What the next execution after continue-as-new is shown.</summary>
    public PropagatedHistory? Received { get; }

    private void SaveCustomStatus(WorkflowKeys keys, LiveWorkflow instance, TurnOutcome outcome)
    {
        if (outcome.CustomStatus != instance.CustomStatus)
        {
            var key = keys.CustomStatusOf(instance.Id);
            Operations.Add(outcome.CustomStatus is { } status ? new SetState(key, Encoding.UTF8.GetBytes(status)) : new DeleteState(key));
        }
    }

    private void DeleteInbox(WorkflowKeys keys, string id, List<InboxEvent> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Index is { } index)
            {
                Operations.Add(new DeleteState(keys.InboxOf(id, index)));
            }
        }
    }

    private void SaveActivity(WorkflowKeys keys, LiveWorkflow instance, TurnOutcome outcome, bool isNew)
    {
        var ends = outcome.History.Any(e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionCompleted);
        if (!ends)
        {
            if (isNew)
            {
                Operations.Add(new SetState(keys.ActiveOf(instance.Id), "1"u8.ToArray()));
            }

            return;
        }

        lock (instance.Lock)
        {
            DeleteInbox(keys, instance.Id, instance.Inbox);
        }

        // A recursive termination is finished only when the children were told: until then a restart must find the instance.
        if (WorkflowEngine.MustTerminateChildren(instance.Execution, outcome.History))
        {
            if (isNew)
            {
                Operations.Add(new SetState(keys.ActiveOf(instance.Id), "1"u8.ToArray()));
            }
        }
        else if (!isNew)
        {
            Operations.Add(new DeleteState(keys.ActiveOf(instance.Id)));
        }
    }
}
