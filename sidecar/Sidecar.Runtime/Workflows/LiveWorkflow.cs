using System.Diagnostics;
using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>An event that waits for a turn.</summary>
/// <param name="Event">The event.</param>
/// <param name="Index">Index of its inbox key, or null while it is kept in memory alone (it can be derived again, or redone).</param>
internal sealed record InboxEvent(HistoryEvent Event, int? Index);

/// <summary>One instance in memory. Fields are read and written under <see cref="Lock"/>; the store is written under <see cref="Writing"/>.</summary>
internal sealed class LiveWorkflow(string id)
{
    public string Id { get; } = id;

    public Lock Lock { get; } = new();

    /// <summary>Held while the instance's own keys are written: turns, its first save and its purge take turns.</summary>
    public SemaphoreSlim Writing { get; } = new(1, 1);

    /// <summary>A new object for each execution: what is still under way for an earlier one is told apart by it.</summary>
    public WorkflowExecution Execution { get; set; } = new();

    /// <summary>What is stored; null while nothing is, between the start and the first commit.</summary>
    public WorkflowMetadata? Metadata { get; set; }

    public string? CustomStatus { get; set; }

    /// <summary>History that the parent shows; null when it shows none.</summary>
    public PropagatedHistory? Received { get; set; }

    public List<InboxEvent> Inbox { get; } = [];

    /// <summary>The turn that waits for a worker, is with one, or is being saved.</summary>
    public TurnWork? Turn { get; set; }

    /// <summary>The start event before it is part of the history.</summary>
    public HistoryEvent? PendingStart { get; set; }

    /// <summary>Inbox index of the start event, once a try was made to save it there.</summary>
    public int? StartIndex { get; set; }

    /// <summary>Saving the start was tried, with whatever end.</summary>
    public bool StartWasTried { get; set; }

    /// <summary>A scheduled start: no turn before.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>No connected worker could make the turn: wait for a new one.</summary>
    public bool AwaitsNewWorker { get; set; }

    /// <summary>Continue-as-new in a row without waiting for anything.</summary>
    public int TightLoops { get; set; }

    /// <summary>Bytes of history, for the limit of a work item.</summary>
    public long HistoryBytes { get; set; }

    /// <summary>Purged or replaced: whoever still holds it must not save it.</summary>
    public bool IsGone { get; set; }

    /// <summary>Why it cannot be run: its stored state is damaged.</summary>
    public string? Quarantine { get; set; }

    /// <summary>Span over the whole execution, while the process that started it lives and it is sampled.</summary>
    public Activity? Span { get; set; }

    private int _nextInbox;

    public HistoryEvent? Started => Execution.Started ?? PendingStart;

    public OrchestrationStatus Status =>
        Execution.Status is var status && status == OrchestrationStatus.Pending && Metadata is { Continued: true } ? OrchestrationStatus.Running : status;

    public bool IsTerminal => Execution.Completed is not null;

    public int TakeInboxIndex() => _nextInbox++;

    public void InboxIndexUsed(int index) => _nextInbox = Math.Max(_nextInbox, index + 1);

    /// <summary>
    /// Takes the events of the next turn: while the workflow is suspended only those that suspend, resume or end it; duplicates fall away.
    /// </summary>
    public (List<InboxEvent> Batch, List<InboxEvent> Dropped) TakeBatch()
    {
        List<InboxEvent> batch = [], dropped = [], rest = [];
        HashSet<(string, int)> resolved = [];
        var suspended = Execution.IsSuspended;
        foreach (var entry in Inbox)
        {
            var kind = entry.Event.EventTypeCase;
            // Suspending twice is suspending once: a second one kept back would undo the resume that comes after both.
            var passes = kind is HistoryEvent.EventTypeOneofCase.ExecutionSuspended
                or HistoryEvent.EventTypeOneofCase.ExecutionResumed
                or HistoryEvent.EventTypeOneofCase.ExecutionTerminated;
            if (suspended && !passes)
            {
                rest.Add(entry);
                continue;
            }

            if (Execution.IsDuplicate(entry.Event) || WorkflowExecution.ResolutionOf(entry.Event) is { } key && !resolved.Add(key))
            {
                dropped.Add(entry);
                continue;
            }

            suspended = kind switch
            {
                HistoryEvent.EventTypeOneofCase.ExecutionSuspended => true,
                HistoryEvent.EventTypeOneofCase.ExecutionResumed => false,
                _ => suspended,
            };
            batch.Add(entry);
        }

        Inbox.Clear();
        Inbox.AddRange(rest);
        return (batch, dropped);
    }
}
