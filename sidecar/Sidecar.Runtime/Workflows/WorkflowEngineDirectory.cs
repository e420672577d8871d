using System.Collections.Concurrent;

namespace Sidecar.Runtime.Workflows;

/// <summary>The workflow engines of one host by namespace and app id: the way from one app's workflow to another's activities and workflows.</summary>
public sealed class WorkflowEngineDirectory : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Namespace, string AppId), WorkflowEngine> _engines = new();

    /// <summary>Raised when an engine came: what waits for that app can go out.</summary>
    internal event Action<string, string>? Registered;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Register(WorkflowEngine engine)
    {
        _engines[(engine.Namespace, engine.AppId)] = engine;
        Registered?.Invoke(engine.Namespace, engine.AppId);
    }

    internal void Unregister(WorkflowEngine engine) =>
        ((ICollection<KeyValuePair<(string, string), WorkflowEngine>>)_engines).Remove(new((engine.Namespace, engine.AppId), engine));

    internal WorkflowEngine? Find(string @namespace, string appId) => _engines.GetValueOrDefault((@namespace, appId));
}
