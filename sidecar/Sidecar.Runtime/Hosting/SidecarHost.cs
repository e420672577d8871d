using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Components;

namespace Sidecar.Runtime.Hosting;

/// <summary>All sidecars of one process behind one server; each has its own ports.</summary>
public sealed class SidecarHost : IAsyncDisposable
{
    /// <summary>The Dapr version whose contract the sidecars keep.</summary>
    public const string DaprVersion = "1.18.3";

    private readonly HostServices _services;
    private readonly SidecarServer _server;
    private int _disposed;

    private SidecarHost(HostServices services, IReadOnlyList<SidecarInstance> sidecars, SidecarServer server)
    {
        _services = services;
        _server = server;
        Sidecars = sidecars;
    }

    /// <summary>The sidecars, in the order they were given.</summary>
    public IReadOnlyList<SidecarInstance> Sidecars { get; }

    /// <summary>The routes of the HTTP and the gRPC API that it serves; service invocation and gRPC proxying go past routing.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _server.Endpoints;

    /// <summary>
    /// Loads all sidecars side by side, then serves their APIs. Returns when the ports accept calls; the apps need not be there yet
    /// (<see cref="SidecarInstance.WaitUntilReadyAsync"/> waits for them). When one sidecar fails nothing stays started.
    /// </summary>
    /// <exception cref="SidecarStartException">Resources or components of a sidecar are wrong, or one of its ports is in use.</exception>
    public static async Task<SidecarHost> StartAsync(SidecarHostOptions options, CancellationToken cancellationToken = default)
    {
        var services = new HostServices(options, new SharedInstances(), new NameResolution(), new AppConnections());
        PortCheck.RefuseDoubles(options.Sidecars);
        var creating = options.Sidecars.Select(definition => Task.Run(() => SidecarInstance.CreateAsync(definition, services, cancellationToken), cancellationToken)).ToArray();
        try
        {
            var sidecars = await Task.WhenAll(creating);
            services.Names.Register(sidecars);
            var server = await SidecarServer.StartAsync(sidecars, options.LoggerFactory, cancellationToken);
            foreach (var sidecar in sidecars)
                sidecar.Start();
            return new SidecarHost(services, sidecars, server);
        }
        catch
        {
            foreach (var made in creating)
            {
                await ((Task)made).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (made.IsCompletedSuccessfully)
                    await made.Result.StopAsync();
            }

            services.Connections.Dispose();
            await services.Shared.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when every sidecar is ready.</summary>
    /// <exception cref="SidecarStartException">A sidecar could not start.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) =>
        Task.WhenAll(Sidecars.Select(sidecar => sidecar.WaitUntilReadyAsync(cancellationToken)));

    /// <summary>Stops all sidecars side by side, then the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await Task.WhenAll(Sidecars.Select(sidecar => sidecar.StopAsync()));
        await _server.DisposeAsync();
        _services.Connections.Dispose();
        await _services.Shared.DisposeAsync();
    }
}
