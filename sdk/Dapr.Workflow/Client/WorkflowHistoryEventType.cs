namespace Dapr.Workflow.Client;

/// <summary>What a history event tells.</summary>
public enum WorkflowHistoryEventType
{
    /// <summary>Of a kind this SDK does not know.</summary>
    Unknown = 0,

    /// <summary>The execution was asked for.</summary>
    ExecutionStarted = 1,

    /// <summary>The execution ended.</summary>
    ExecutionCompleted = 2,

    /// <summary>The execution was stopped from outside.</summary>
    ExecutionTerminated = 3,

    /// <summary>An activity was scheduled.</summary>
    TaskScheduled = 4,

    /// <summary>An activity ended well.</summary>
    TaskCompleted = 5,

    /// <summary>An activity failed.</summary>
    TaskFailed = 6,

    /// <summary>A child workflow was created.</summary>
    SubOrchestrationInstanceCreated = 7,

    /// <summary>A child workflow ended well.</summary>
    SubOrchestrationInstanceCompleted = 8,

    /// <summary>A child workflow failed.</summary>
    SubOrchestrationInstanceFailed = 9,

    /// <summary>A timer was set.</summary>
    TimerCreated = 10,

    /// <summary>A timer fired.</summary>
    TimerFired = 11,

    /// <summary>A turn began.</summary>
    OrchestratorStarted = 12,

    /// <summary>A turn ended.</summary>
    OrchestratorCompleted = 13,

    /// <summary>An event was sent to another instance.</summary>
    EventSent = 14,

    /// <summary>An event was raised for this instance.</summary>
    EventRaised = 15,

    /// <summary>An event of older runtimes.</summary>
    GenericEvent = 16,

    /// <summary>A snapshot of older runtimes.</summary>
    HistoryState = 17,

    /// <summary>The workflow started itself anew.</summary>
    ContinueAsNew = 18,

    /// <summary>The execution was held.</summary>
    ExecutionSuspended = 19,

    /// <summary>The execution went on.</summary>
    ExecutionResumed = 20,

    /// <summary>The execution cannot go on with the code of the connected workers.</summary>
    ExecutionStalled = 21,
}
