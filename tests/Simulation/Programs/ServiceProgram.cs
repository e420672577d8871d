using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Outbox;

namespace Simulation.Programs;

/// <summary>
/// A service as its Program.cs makes it, without a port and without background work: a request goes into its pipeline by a method call, and says by whose services it is handled.
/// Started once for the process; what belongs to one replica is made for each replica, as the program has registered it.
/// </summary>
internal sealed class ServiceProgram
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly PipelineServer _server;
    private readonly Dictionary<Type, ObjectFactory> _ownServices;

    private ServiceProgram(string appId, PipelineServer server, IServiceProvider services, Dictionary<Type, ObjectFactory> ownServices, ObjectFactory? relay)
    {
        AppId = appId;
        _server = server;
        Services = services;
        _ownServices = ownServices;
        Relay = relay;
    }

    public string AppId { get; }

    /// <summary>What all replicas share: what the program has registered as a value, and the framework's own.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Makes a replica's relay; null for a program without an outbox.</summary>
    public ObjectFactory? Relay { get; }

    /// <summary>The topics it asks Dapr for.</summary>
    public IReadOnlyList<TopicRoute> Topics { get; private set; } = [];

    /// <summary>Runs the program up to the moment at which it listens.</summary>
    /// <param name="appId">Its app id.</param>
    /// <param name="anyTypeOfIt">Names the assembly.</param>
    /// <param name="settings">Further arguments.</param>
    public static ServiceProgram Start(string appId, Type anyTypeOfIt, params string[] settings)
    {
        var assembly = anyTypeOfIt.Assembly;
        var server = new PipelineServer();
        IHost? host = null;
        IReadOnlyList<ServiceDescriptor> registered = [];
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                assembly.EntryPoint!.Invoke(null, [new[] { "--contentRoot", AppContext.BaseDirectory }.Concat(settings).ToArray()]);
            }
            catch (Exception exception)
            {
                failure = exception.InnerException ?? exception;
                server.GiveUp();
            }
        })
        { IsBackground = true, Name = appId };

        // The hosting library's own way of letting tools into a program: it tells of every host that is built on the thread.
        using var _ = DiagnosticListener.AllListeners.Subscribe(new HostObserver(thread, builder => builder.ConfigureServices(Strip), built => host = built));
        thread.Start();
        if (!server.WaitUntilStarted(_patience) || failure is not null)
        {
            throw new InvalidOperationException($"{appId} does not start in the simulation: {failure?.Message ?? "it never listened"}", failure);
        }

        var own = registered
            .Where(service => service is { IsKeyedService: false, Lifetime: ServiceLifetime.Singleton, ImplementationType: { IsGenericTypeDefinition: false } type }
                && service.ServiceType != typeof(IHostedService) && IsOurs(type))
            .GroupBy(service => service.ServiceType)
            .ToDictionary(service => service.Key, service => ActivatorUtilities.CreateFactory(service.Last().ImplementationType!, Type.EmptyTypes));
        var hasOutbox = registered.Any(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(OutboxRelay));
        var program = new ServiceProgram(appId, server, host!.Services, own, hasOutbox ? ActivatorUtilities.CreateFactory(typeof(OutboxRelay), Type.EmptyTypes) : null);
        program.Topics = TopicRoute.AskedForBy(program);
        program.WalkAllRoutes();
        return program;

        bool IsOurs(Type type) => type.Assembly == assembly || type.Assembly == typeof(OutboxRelay).Assembly;

        void Strip(HostBuilderContext context, IServiceCollection services)
        {
            registered = [.. services];
            foreach (var background in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name != "GenericWebHostService").ToList())
            {
                services.Remove(background);
            }

            services.RemoveAll<ILoggerProvider>();
            services.Replace(ServiceDescriptor.Singleton<IServer>(server));
            services.Replace(ServiceDescriptor.Singleton<IHostLifetime>(new EndlessLifetime()));
        }
    }

    /// <summary>Makes a service of one replica; null for what all replicas share.</summary>
    public object? Make(Type service, IServiceProvider replica) => _ownServices.TryGetValue(service, out var factory) ? factory(replica, null) : null;

    /// <summary>Handles a request.</summary>
    public async Task<Answer> HandleAsync(Request request, IServiceProvider services)
    {
        var exchange = new Exchange(request, services);
        await _server.ProcessAsync(exchange.Features);
        return exchange.ToAnswer();
    }

    /// <summary>Routing compiles its tables on another thread when a path is first walked: that must not happen within a history. No route has this method, so no handler runs.</summary>
    private void WalkAllRoutes()
    {
        foreach (var route in Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = string.Join('/', route.RoutePattern.PathSegments.Select(segment => segment.Parts is [RoutePatternLiteralPart literal] ? literal.Content : "any"));
            HandleAsync(new Request("WALK", "/" + path, default), Services).GetAwaiter().GetResult();
        }
    }

    private sealed class EndlessLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class HostObserver(Thread thread, Action<IHostBuilder> building, Action<IHost> built) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (Thread.CurrentThread == thread && value.Name == "Microsoft.Extensions.Hosting")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
            {
                building(builder);
            }
            else if (value is { Key: "HostBuilt", Value: IHost host })
            {
                built(host);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
