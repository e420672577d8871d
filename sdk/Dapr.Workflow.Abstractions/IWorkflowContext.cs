namespace Dapr.Workflow;

/// <summary>What a workflow may know of its own run.</summary>
public interface IWorkflowContext
{
    /// <summary>True while the code repeats what already happened in an earlier turn.</summary>
    bool IsReplaying { get; }

    /// <summary>The time of the current turn, the same in every replay. Use it in place of <see cref="DateTime.UtcNow"/>.</summary>
    DateTime CurrentUtcDateTime { get; }

    /// <summary>
    /// Whether this instance takes the path of a code change: true for instances that reach this place for the first time, false for those that passed it
    /// before the change.
    /// </summary>
    /// <param name="patchName">Name of the change.</param>
    bool IsPatched(string patchName);
}
