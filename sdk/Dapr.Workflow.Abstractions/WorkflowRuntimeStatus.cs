namespace Dapr.Workflow;

/// <summary>Where a workflow instance stands.</summary>
public enum WorkflowRuntimeStatus
{
    /// <summary>Not known.</summary>
    Unknown = -1,

    /// <summary>It has begun.</summary>
    Running = 0,

    /// <summary>It ended well.</summary>
    Completed = 1,

    /// <summary>It ended by starting itself anew.</summary>
    ContinuedAsNew = 2,

    /// <summary>It ended with an error.</summary>
    Failed = 3,

    /// <summary>It was cancelled.</summary>
    Canceled = 4,

    /// <summary>It was stopped from outside.</summary>
    Terminated = 5,

    /// <summary>It has not begun.</summary>
    Pending = 6,

    /// <summary>It is held.</summary>
    Suspended = 7,

    /// <summary>It cannot go on with the code of the connected workers.</summary>
    Stalled = 8,
}
