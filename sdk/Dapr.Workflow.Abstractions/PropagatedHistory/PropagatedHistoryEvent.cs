using System.Diagnostics.CodeAnalysis;

namespace Dapr.Workflow;

/// <summary>What one ancestor workflow had done when it called.</summary>
/// <param name="instanceId">Its instance id.</param>
/// <param name="appId">The app that runs it.</param>
/// <param name="name">Its name.</param>
/// <param name="activities">Its activities, in the order they were scheduled.</param>
/// <param name="childWorkflows">Its child workflows, in the order they were scheduled.</param>
public sealed class PropagatedHistoryEvent(
    string instanceId, string appId, string name,
    IReadOnlyList<PropagatedHistoryActivityResult> activities, IReadOnlyList<PropagatedHistoryWorkflowResult> childWorkflows)
{
    /// <summary>Its instance id.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>The app that runs it.</summary>
    public string AppId { get; } = appId;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its activities, in the order they were scheduled.</summary>
    public IReadOnlyList<PropagatedHistoryActivityResult> Activities { get; } = activities;

    /// <summary>Its child workflows, in the order they were scheduled.</summary>
    public IReadOnlyList<PropagatedHistoryWorkflowResult> Workflows { get; } = childWorkflows;

    /// <summary>Its activities with this name.</summary>
    public IReadOnlyList<PropagatedHistoryActivityResult> GetActivitiesByName(string name) => [.. Activities.Where(activity => activity.Name == name)];

    /// <summary>Its newest activity with this name.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryGetLastActivityByName(string name, [NotNullWhen(true)] out PropagatedHistoryActivityResult? result)
    {
        result = Activities.LastOrDefault(activity => activity.Name == name);
        return result is not null;
    }

    /// <summary>Its child workflows with this name.</summary>
    public IReadOnlyList<PropagatedHistoryWorkflowResult> GetWorkflowsByName(string name) => [.. Workflows.Where(workflow => workflow.Name == name)];

    /// <summary>Its newest child workflow with this name.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryGetLastWorkflowByName(string name, [NotNullWhen(true)] out PropagatedHistoryWorkflowResult? result)
    {
        result = Workflows.LastOrDefault(workflow => workflow.Name == name);
        return result is not null;
    }
}

/// <summary>How far a recorded activity or child workflow has come.</summary>
public enum PropagatedHistoryStatus
{
    /// <summary>It has no end yet.</summary>
    Pending = 0,

    /// <summary>It ended well.</summary>
    Completed = 1,

    /// <summary>It failed.</summary>
    Failed = 2,
}

/// <summary>One recorded activity.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Input">Its serialised input.</param>
/// <param name="Output">Its serialised output.</param>
/// <param name="FailureDetails">How it failed.</param>
public sealed record PropagatedHistoryActivityResult(string Name, PropagatedHistoryStatus Status, string? Input, string? Output, WorkflowTaskFailureDetails? FailureDetails);

/// <summary>One recorded child workflow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Output">Its serialised output.</param>
/// <param name="FailureDetails">How it failed.</param>
public sealed record PropagatedHistoryWorkflowResult(string Name, PropagatedHistoryStatus Status, string? Output, WorkflowTaskFailureDetails? FailureDetails);
