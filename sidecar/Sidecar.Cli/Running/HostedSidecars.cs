using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Cli.Messages;
using Sidecar.Cli.Planning;
using Sidecar.Components;
using Sidecar.Components.EmbeddedPubSub;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;
using Sidecar.Runtime.State;

namespace Sidecar.Cli.Running;

/// <summary>The sidecars of a run with the store their jobs live in: a SQLite file in the host directory.</summary>
internal sealed class HostedSidecars : IAsyncDisposable
{
    private readonly SidecarHost _host;
    private readonly IStateStore _scheduler;
    private readonly SharedInstances _shared;

    private HostedSidecars(SidecarHost host, IStateStore scheduler, SharedInstances shared)
    {
        _host = host;
        _scheduler = scheduler;
        _shared = shared;
    }

    /// <summary>The sidecars, in the order of the plan's instances.</summary>
    public IReadOnlyList<SidecarInstance> Sidecars => _host.Sidecars;

    /// <summary>Messages of the embedded brokers; they end with the sidecars.</summary>
    public IMessages Messages
    {
        get
        {
            var components = _host.Sidecars.SelectMany(sidecar => sidecar.Context.Components.PubSubs.Values).ToList();
            return new BrokerMessages(
                [.. components.Select(component => EmbeddedBroker.Of(component.Instance)).OfType<EmbeddedBroker>().Distinct()],
                [.. components.Where(component => EmbeddedBroker.Of(component.Instance) is null).Select(component => new OtherBroker(component.Resource.Name, component.Resource.Type)).Distinct()],
                owned: false);
        }
    }

    /// <exception cref="RunException">A sidecar cannot start.</exception>
    public static async Task<HostedSidecars> StartAsync(RunPlan plan, RunServers servers, FaultPoints? faults, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(plan.HostDirectory);
        foreach (var instance in plan.Instances)
        {
            Directory.CreateDirectory(instance.Sidecar.DataDirectory);
        }

        var shared = new SharedInstances();
        IStateStore? scheduler = null;
        try
        {
            scheduler = await OpenSchedulerAsync(plan.HostDirectory, shared, cancellationToken);
            var source = new SidecarResourceSource(BuiltInComponents.All, plan.HostDirectory, loggers);
            var host = await SidecarHost.StartAsync(
                new SidecarHostOptions
                {
                    Sidecars = [.. plan.Instances.Select(instance => new SidecarDefinition(
                        instance.Sidecar, async (options, cancellation) => await servers.ProvideAsync(await source.LoadAsync(options, cancellation), cancellation)))],
                    Factories = BuiltInComponents.All,
                    SchedulerStore = scheduler,
                    HostDirectory = plan.HostDirectory,
                    Faults = faults,
                    LoggerFactory = loggers,
                },
                cancellationToken);
            return new HostedSidecars(host, scheduler, shared);
        }
        catch (Exception error)
        {
            if (scheduler is not null)
                await scheduler.DisposeAsync();
            await shared.DisposeAsync();
            if (error is SidecarStartException or ComponentException)
                throw new RunException(error.Message, error);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _scheduler.DisposeAsync();
        await _shared.DisposeAsync();
    }

    private static async Task<IStateStore> OpenSchedulerAsync(string hostDirectory, SharedInstances shared, CancellationToken cancellationToken)
    {
        var component = new Component
        {
            Name = "scheduler",
            Type = "state.sqlite",
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["connectionString"] = Path.Combine(hostDirectory, "scheduler.db"),
                ["busyTimeout"] = "30s",
            },
        };
        var factory = BuiltInComponents.All.Single(candidate => candidate.Type == component.Type);
        var context = new ComponentContext
        {
            AppId = "scheduler",
            AppDirectory = hostDirectory,
            HostDirectory = hostDirectory,
            Loggers = NullLoggerFactory.Instance,
            Shared = shared,
        };
        return (IStateStore)await factory.CreateAsync(component, context, cancellationToken);
    }
}
