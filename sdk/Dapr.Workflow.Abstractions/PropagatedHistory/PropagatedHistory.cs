using System.Diagnostics.CodeAnalysis;

namespace Dapr.Workflow;

/// <summary>The history that callers shared with a workflow: one entry for each ancestor.</summary>
/// <param name="events">The entries, the eldest ancestor first.</param>
public sealed class PropagatedHistory(IReadOnlyList<PropagatedHistoryEvent> events)
{
    /// <summary>The entries, the eldest ancestor first.</summary>
    public IReadOnlyList<PropagatedHistoryEvent> Events { get; } = events;

    /// <summary>The apps whose workflows are in it, each once.</summary>
    public IReadOnlyList<string> GetAppIds() => [.. Events.Select(entry => entry.AppId).Distinct(StringComparer.Ordinal)];

    /// <summary>The entries of workflows with this name.</summary>
    public IReadOnlyList<PropagatedHistoryEvent> GetEventsByWorkflowName(string name) => Where(entry => entry.Name == name);

    /// <summary>The newest entry of a workflow with this name.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryGetLastWorkflowEventByName(string name, [NotNullWhen(true)] out PropagatedHistoryEvent? result)
    {
        result = Events.LastOrDefault(entry => entry.Name == name);
        return result is not null;
    }

    /// <summary>The entries of one app.</summary>
    public IReadOnlyList<PropagatedHistoryEvent> GetByAppId(string appId) => Where(entry => entry.AppId == appId);

    /// <summary>The entries of one workflow instance.</summary>
    public IReadOnlyList<PropagatedHistoryEvent> GetByInstanceId(string instanceId) => Where(entry => entry.InstanceId == instanceId);

    private PropagatedHistoryEvent[] Where(Func<PropagatedHistoryEvent, bool> condition) => [.. Events.Where(condition)];
}
