using System.Collections.Concurrent;

namespace Sidecar.Runtime.Workflows;

/// <content>
/// Instances whose stored state is damaged: they are set aside and stop nobody else. Every access reads the store again, so an instance goes on as soon as somebody
/// asks for it after its key was restored; a purge with force removes what is left of it.
/// </content>
public sealed partial class WorkflowEngine
{
    private readonly ConcurrentDictionary<string, Damage> _setAside = new();

    private LiveWorkflow SetAside(string instanceId, string problem, bool hasMetadata = true)
    {
        var damage = new Damage(problem, hasMetadata);
        if (!_setAside.TryGetValue(instanceId, out var known) || known != damage)
        {
            _setAside[instanceId] = damage;
            _logger.Quarantined(problem);
        }

        return new LiveWorkflow(instanceId) { Quarantine = problem };
    }

    private void SetAsideWithoutMetadata(string instanceId) => SetAside(
        instanceId, new CorruptWorkflowException(instanceId, _keys.MetadataOf(instanceId), "is missing, while the instance is listed as not ended").Message, hasMetadata: false);

    /// <summary>An instance that was set aside because its metadata is missing cannot be told from none by a look at the store.</summary>
    private LiveWorkflow? SetAsideBefore(string instanceId) =>
        _setAside.TryGetValue(instanceId, out var damage) && !damage.HasMetadata ? new LiveWorkflow(instanceId) { Quarantine = damage.Problem } : null;

    private sealed record Damage(string Problem, bool HasMetadata);
}
