using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Access;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Hosting.HotReload;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.Middleware;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Hosting;

/// <summary>
/// One running sidecar. It shows Dapr's start order: components, APIs served, outbound ready, the app's port accepts, blocks started, ready.
/// </summary>
public sealed class SidecarInstance : IAsyncDisposable
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _starting = new();
    private readonly Dictionary<Type, IBuildingBlock> _blocksByType = [];
    private readonly List<IBuildingBlock> _started = [];
    private readonly LoadedComponents _components;
    private readonly ResourceReloader? _reloader;
    private readonly AppHealth _health;
    private readonly ILogger _logger;
    private readonly long _startedAt;
    private Task _startTask = Task.CompletedTask;
    private int _stopping;

    private SidecarInstance(SidecarDefinition definition, SidecarResources resources, ComponentSet set, ComponentInitializer initializer, HostServices host, long startedAt)
    {
        _startedAt = startedAt;
        Options = definition.Options;
        Names = host.Names;
        var components = set.View;
        Pipeline = HttpPipeline.Of("spec.httpPipeline", resources.Configuration.HttpPipeline, components.Middleware);
        Connections = host.Connections;
        var faults = host.Options.Faults;
        _components = components = faults?.Guard(components, Options.AppId) ?? components;
        _logger = host.Options.LoggerFactory.CreateLogger("Sidecar.Hosting");
        _health = new AppHealth(Options, host.Connections, host.Options.Time, host.Options.LoggerFactory.CreateLogger("Sidecar.AppHealth"));
        App = new AppChannel(Options, host.Connections, _health, HttpPipeline.Of("spec.appHttpPipeline", resources.Configuration.AppHttpPipeline, components.Middleware));
        Context = new SidecarContext
        {
            Options = Options,
            Resources = resources,
            Components = components,
            App = faults is null ? App : new FaultyAppChannel(App, faults, Options.AppId),
            Policies = new ResiliencyPolicies(resources.Resiliencies, host.Options.Time),
            SchedulerStore = faults?.Guard(host.Options.SchedulerStore, Options.AppId, "jobs") ?? host.Options.SchedulerStore,
            Shared = host.Shared,
            Time = host.Options.Time,
            Api = new ApiAccess(resources.Configuration.Api),
            Callers = new CallerAccess(resources.Configuration.AccessControl, Options),
            Tracing = new SidecarTracing(
                Options.AppId, resources.Configuration, host.Connections.Verified, host.Options.Time, host.Options.LoggerFactory.CreateLogger("Sidecar.Tracing")),
            Faults = faults,
            Loggers = host.Options.LoggerFactory,
        };
        Context.Metrics.ComponentsLoaded.Add(components.StateStores.Count + components.PubSubs.Count + components.SecretStores.Count);
        Blocks = BuildingBlocks.Create(this, Context);
        foreach (var block in Blocks)
            _blocksByType.Add(block.GetType(), block);
        Invocation = GetBlock<InvocationBlock>();
        // Fault points stand around the components of the start.
        if (faults is not null || !ResourceReloader.IsWanted(Options, resources))
            return;
        var logger = host.Options.LoggerFactory.CreateLogger("Sidecar.HotReload");
        _reloader = new ResourceReloader(this, definition.Load, new ComponentReloader(set, initializer, resources.Components, Options, host.Options.Time, logger), logger);
    }

    /// <summary>How it was started.</summary>
    public SidecarOptions Options { get; }

    /// <summary>Port of the HTTP API.</summary>
    public int HttpPort { get; internal set; }

    /// <summary>Port of the gRPC API.</summary>
    public int GrpcPort { get; internal set; }

    /// <summary>Port of the metrics, or -1.</summary>
    public int MetricsPort { get; internal set; } = -1;

    /// <summary>True once components and APIs are up, whether or not the app is: <c>/v1.0/healthz/outbound</c>.</summary>
    public bool IsOutboundReady { get; private set; }

    /// <summary>True once everything is up, app included: <c>/v1.0/healthz</c>.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully && !IsStopping;

    /// <summary>True from the moment a stop was asked for.</summary>
    public bool IsStopping => Volatile.Read(ref _stopping) != 0;

    /// <summary>Completes when it has stopped: by <see cref="StopAsync"/>, with its host, or by the shutdown API.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>What its blocks are made from.</summary>
    public SidecarContext Context { get; }

    internal IReadOnlyList<IBuildingBlock> Blocks { get; }

    internal InvocationBlock Invocation { get; }

    internal AppChannel App { get; }

    internal NameResolution Names { get; }

    /// <summary>What stands before the HTTP API.</summary>
    internal HttpPipeline Pipeline { get; }

    internal AppConnections Connections { get; }

    /// <summary>A block by its type.</summary>
    /// <exception cref="InvalidOperationException">The composition has no such block.</exception>
    public T GetBlock<T>()
        where T : class, IBuildingBlock =>
        _blocksByType.TryGetValue(typeof(T), out var block)
            ? (T)block
            : throw new InvalidOperationException($"sidecar '{Options.AppId}' has no {typeof(T).Name}: it is not in BuildingBlocks.Create");

    /// <summary>Completes when the sidecar is ready.</summary>
    /// <exception cref="SidecarStartException">A block could not start.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Stops gracefully: takes no new work, lets what is under way finish within <see cref="SidecarOptions.GracefulShutdown"/>, closes components.</summary>
    public Task StopAsync() => StopAsync(Options.GracefulShutdown);

    /// <summary>As <see cref="StopAsync()"/>; its host does this for every sidecar.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>As <see cref="StopAsync()"/>, with another limit for what is under way; zero waits for nothing.</summary>
    internal async Task StopAsync(TimeSpan limit)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
        {
            await _stopped.Task;
            return;
        }

        _logger.ShuttingDown(Options.AppId);
        await _starting.CancelAsync();
        await _startTask.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_reloader is not null)
            await _reloader.StopAsync();
        using (var drain = new CancellationTokenSource(limit))
            await Task.WhenAll(_started.Select(block => StopBlockAsync(block, drain.Token)));

        foreach (var block in Blocks.Reverse())
            await block.DisposeAsync();
        await App.DisposeAsync();
        if (_reloader is not null)
            await _reloader.DisposeAsync();
        await ComponentInitializer.DisposeAsync(_components);
        await Context.Tracing.DisposeAsync();
        _starting.Dispose();
        _ready.TrySetCanceled();
        _stopped.TrySetResult();
    }

    /// <summary>Loads resources and initialises components; nothing is served yet.</summary>
    internal static async Task<SidecarInstance> CreateAsync(SidecarDefinition definition, HostServices host, CancellationToken cancellationToken)
    {
        var options = definition.Options;
        var startedAt = host.Options.Time.GetTimestamp();
        try
        {
            var resources = await definition.Load(options, cancellationToken);
            var initializer = new ComponentInitializer(host.Options.Factories, new ComponentContext
            {
                AppId = options.AppId,
                AppDirectory = options.AppDirectory,
                DataDirectory = options.DataDirectory,
                HostDirectory = host.Options.HostDirectory,
                Time = host.Options.Time,
                Loggers = host.Options.LoggerFactory,
                Shared = host.Shared,
            }, host.Options.LoggerFactory.CreateLogger("Sidecar.Components"));
            var components = await initializer.InitializeAsync(resources.Components, cancellationToken);
            var instance = new SidecarInstance(definition, resources, components, initializer, host, startedAt);
            foreach (var warning in resources.Warnings)
                instance._logger.ResourceWarning(options.AppId, warning);
            return instance;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new SidecarStartException(options.AppId, e.Message, e);
        }
    }

    /// <summary>Called when the APIs are served.</summary>
    internal void Start()
    {
        IsOutboundReady = true;
        _logger.HttpServed(Options.AppId, HttpPort);
        _logger.GrpcServed(Options.AppId, GrpcPort);
        _health.Start();
        _startTask = StartBlocksAsync();
    }

    private async Task StartBlocksAsync()
    {
        Context.Tracing.Enter();
        try
        {
            if (App.IsConfigured)
                _logger.WaitingForApp(Options.AppId, Options.AppProtocol, Options.AppPort);
            await App.WaitUntilHealthyAsync(_starting.Token);
            if (App.IsConfigured)
                _logger.AppDiscovered(Options.AppId, Options.AppPort);
            foreach (var block in Blocks)
            {
                await block.StartAsync(_starting.Token);
                _started.Add(block);
            }

            _reloader?.Start();
            _ready.TrySetResult();
            var elapsed = (long)Context.Time.GetElapsedTime(_startedAt).TotalMilliseconds;
            _logger.Initialized(Options.AppId, elapsed);
        }
        catch (OperationCanceledException) when (_starting.IsCancellationRequested)
        {
            _ready.TrySetCanceled();
        }
        catch (Exception e)
        {
            _logger.StartFailed(Options.AppId, e);
            _ready.TrySetException(new SidecarStartException(Options.AppId, e.Message, e));
        }
    }

    private async Task StopBlockAsync(IBuildingBlock block, CancellationToken drain)
    {
        try
        {
            await block.StopAsync(drain);
        }
        catch (Exception e)
        {
            // The others still have to stop; what this one left is taken up at the next start.
            _logger.StopFailed(Options.AppId, block.GetType().Name, e);
        }
    }
}
