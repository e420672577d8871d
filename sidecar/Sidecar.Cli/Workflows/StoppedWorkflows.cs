using System.Runtime.CompilerServices;
using Dapr.Protocol.Workflow;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Cli.Planning;
using Sidecar.Cli.Running;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources.Loading;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Cli.Workflows;

/// <summary>The workflows of an app that does not run, from its actor state store.</summary>
internal sealed class StoppedWorkflows : IWorkflowReader
{
    private readonly SharedInstances _shared;
    private readonly IStateStore _store;
    private readonly WorkflowArchive _archive;

    private StoppedWorkflows(SharedInstances shared, IStateStore store, WorkflowArchive archive)
    {
        _shared = shared;
        _store = store;
        _archive = archive;
    }

    /// <summary>Opens the store that the app's sidecar would open.</summary>
    /// <exception cref="RunException">The app has none, or it keeps nothing while nothing runs.</exception>
    public static async Task<StoppedWorkflows> OpenAsync(PlannedInstance app, string hostDirectory, CancellationToken cancellationToken)
    {
        var loggers = NullLoggerFactory.Instance;
        var options = app.Sidecar;
        var resources = await new SidecarResourceSource(BuiltInComponents.All, hostDirectory, loggers).LoadAsync(options, cancellationToken);
        var component = resources.Components.FirstOrDefault(candidate =>
                candidate.Type.StartsWith("state.", StringComparison.Ordinal) && candidate.Metadata.TryGetValue("actorStateStore", out var value) && value == "true")
            ?? throw new RunException($"app '{options.AppId}' has no state store with actorStateStore \"true\" in {string.Join(", ", options.ResourcesPaths)}, so it has no workflows");
        if (component.Type == "state.in-memory")
            throw new RunException($"app '{options.AppId}' does not run, and its store '{component.Name}' ({component.Type}) keeps nothing while nothing runs");
        var factory = BuiltInComponents.All.FirstOrDefault(candidate => candidate.Type == component.Type)
            ?? throw new RunException($"app '{options.AppId}' does not run, and its store '{component.Name}' is of a type that cannot be opened here: {component.Type}");
        var shared = new SharedInstances();
        try
        {
            var store = (IStateStore)await factory.CreateAsync(
                component,
                new ComponentContext
                {
                    AppId = options.AppId,
                    AppDirectory = options.AppDirectory,
                    DataDirectory = options.DataDirectory,
                    HostDirectory = hostDirectory,
                    Loggers = loggers,
                    Shared = shared,
                },
                cancellationToken);
            return new StoppedWorkflows(shared, store, new WorkflowArchive(options.AppId, options.Namespace, store));
        }
        catch
        {
            await shared.DisposeAsync();
            throw;
        }
    }

    public async IAsyncEnumerable<FoundWorkflow> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in _archive.ListAsync(cancellationToken))
        {
            yield return new FoundWorkflow(found.InstanceId, found.State, found.Problem);
        }
    }

    public async Task<FoundWorkflow?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        await _archive.FindAsync(instanceId, cancellationToken) is { } found ? new FoundWorkflow(instanceId, found.State, found.Problem) : null;

    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(string instanceId, CancellationToken cancellationToken) =>
        await _archive.FindAsync(instanceId, cancellationToken) is { } found ? found.History : [];

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _shared.DisposeAsync();
    }
}
