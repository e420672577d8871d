using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Processes;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;
using Sidecar.Runtime.State;

namespace Sidecar.Testing;

/// <summary>Several test sidecars that find each other and share their brokers.</summary>
public sealed class TestSidecarHost : IAsyncDisposable
{
    private static readonly FreePorts s_ports = new();

    private readonly SidecarHost _host;
    private readonly IStateStore _scheduler;
    private readonly SharedInstances _shared;
    private readonly string _directory;

    private TestSidecarHost(SidecarHost host, IStateStore scheduler, SharedInstances shared, string directory, DeliveryMonitor deliveries)
    {
        (_host, _scheduler, _shared, _directory, Deliveries) = (host, scheduler, shared, directory, deliveries);
        Sidecars = [.. host.Sidecars.Select(sidecar => new TestSidecar(sidecar, deliveries))];
    }

    /// <summary>The sidecars, in the order they were given.</summary>
    public IReadOnlyList<TestSidecar> Sidecars { get; }

    /// <summary>Deliveries of all of them.</summary>
    public DeliveryMonitor Deliveries { get; }

    /// <summary>The routes of the HTTP and the gRPC API that the sidecars serve.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _host.Endpoints;

    /// <summary>The first sidecar of an app.</summary>
    public TestSidecar this[string appId] => Sidecars.First(sidecar => sidecar.AppId == appId);

    /// <summary>Starts sidecars together; several of one app id are instances of one app. The apps may start when this returns.</summary>
    /// <exception cref="SidecarStartException">A component is wrong.</exception>
    public static async Task<TestSidecarHost> StartAsync(TimeProvider? time, CancellationToken cancellationToken, params TestSidecarBuilder[] builders)
    {
        ArgumentNullException.ThrowIfNull(builders);
        var directory = Directory.CreateTempSubdirectory("sidecar-test-").FullName;
        var clock = time ?? TimeProvider.System;
        var deliveries = new DeliveryMonitor();
        var shared = new SharedInstances();
        var factories = ObservedFactory.Observe(BuiltInComponents.All, deliveries);
        IStateStore? scheduler = null;
        try
        {
            scheduler = await SchedulerAsync(directory, shared, clock, cancellationToken);
            var source = new SidecarResourceSource(factories, directory, NullLoggerFactory.Instance);
            var host = await SidecarHost.StartAsync(
                new SidecarHostOptions
                {
                    Sidecars = [.. builders.Zip(PortsForApps(builders.Length), (builder, port) => Definition(builder, directory, port, source))],
                    Factories = factories,
                    SchedulerStore = scheduler,
                    HostDirectory = directory,
                    Time = clock,
                    Faults = builders.Select(builder => builder.Faults).FirstOrDefault(faults => faults is not null),
                },
                cancellationToken);
            return new TestSidecarHost(host, scheduler, shared, directory, deliveries);
        }
        catch
        {
            if (scheduler is not null)
                await scheduler.DisposeAsync();
            await shared.DisposeAsync();
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Completes when every app takes work.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => _host.WaitUntilReadyAsync(cancellationToken);

    /// <summary>Completes when everything published so far has been taken, what handlers publish meanwhile included.</summary>
    public Task WaitForDeliveriesAsync(CancellationToken cancellationToken = default) => Deliveries.WhenQuietAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var sidecar in Sidecars)
        {
            sidecar.Calls.Dispose();
        }

        await _host.DisposeAsync();
        await _scheduler.DisposeAsync();
        await _shared.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static SidecarDefinition Definition(TestSidecarBuilder builder, string directory, int freePort, SidecarResourceSource source)
    {
        var options = builder.Options(directory, freePort);
        var given = builder.Resources(directory);
        if (builder.ResourcesFolders.Count == 0)
            return new SidecarDefinition(options, given);
        return new SidecarDefinition(options, async (loading, cancellationToken) =>
        {
            var loaded = await source.LoadAsync(loading, cancellationToken);
            return given with
            {
                Components = [.. loaded.Components, .. given.Components],
                Subscriptions = [.. loaded.Subscriptions, .. given.Subscriptions],
                HttpEndpoints = [.. loaded.HttpEndpoints, .. given.HttpEndpoints],
                Resiliencies = [.. loaded.Resiliencies, .. given.Resiliencies],
                Warnings = loaded.Warnings,
            };
        });
    }

    private static async Task<IStateStore> SchedulerAsync(string directory, SharedInstances shared, TimeProvider time, CancellationToken cancellationToken)
    {
        var component = new Component { Name = "scheduler", Type = "state.in-memory" };
        var context = new ComponentContext
        {
            AppId = "scheduler",
            AppDirectory = directory,
            HostDirectory = directory,
            Time = time,
            Loggers = NullLoggerFactory.Instance,
            Shared = shared,
        };
        return (IStateStore)await BuiltInComponents.All.Single(factory => factory.Type == component.Type).CreateAsync(component, context, cancellationToken);
    }

    private static int[] PortsForApps(int count)
    {
        lock (s_ports)
            return [.. Enumerable.Range(0, count).Select(_ => s_ports.Next())];
    }
}
