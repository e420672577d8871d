using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>
/// Which code changes an instance has taken. A change counts as taken when it was first asked for outside a replay; a replay that comes by the place without
/// finding it in the history keeps to the old path, for good.
/// </summary>
internal sealed class PatchHistory
{
    private readonly List<string> _recorded;
    private readonly HashSet<string> _evaluated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _decided = new(StringComparer.Ordinal);
    private readonly List<string> _taken = [];

    public PatchHistory(IEnumerable<Wire.HistoryEvent> pastEvents) =>
        _recorded = [.. pastEvents.Where(e => e.WorkflowStarted?.Version is not null).SelectMany(e => e.WorkflowStarted.Version.Patches).Distinct(StringComparer.Ordinal)];

    /// <summary>Changes of earlier turns, in the order they were taken.</summary>
    public IReadOnlyList<string> Recorded => _recorded;

    /// <summary>
    /// All changes this run has taken, each once, in the order of the code. Every turn reports all of them: the runtime stalls an instance whose recorded
    /// changes are not the beginning of this list.
    /// </summary>
    public IReadOnlyList<string> Taken => _taken;

    /// <summary>Recorded changes that the code of this worker has not asked for: its history was made by newer or other code.</summary>
    public IEnumerable<string> NotEvaluated => _recorded.Except(_evaluated);

    public bool IsPatched(string name, bool isReplaying)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _evaluated.Add(name);
        if (_decided.TryGetValue(name, out var taken))
            return taken;
        _decided[name] = taken = _recorded.Contains(name) || !isReplaying;
        if (taken)
            _taken.Add(name);
        return taken;
    }
}
