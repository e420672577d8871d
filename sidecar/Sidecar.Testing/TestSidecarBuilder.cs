using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Testing;

/// <summary>Says what the sidecar of one app under test is to be.</summary>
public sealed class TestSidecarBuilder
{
    private readonly List<Func<string, Component>> _components = [];
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<HttpEndpoint> _endpoints = [];
    private readonly List<ResiliencySpec> _resiliencies = [];
    private readonly List<string> _folders = [];
    private ConfigurationSpec _configuration = new();
    private SidecarOptions _options;

    internal TestSidecarBuilder(string appId) => _options = new SidecarOptions { AppId = appId };

    internal IReadOnlyList<string> ResourcesFolders => _folders;

    internal FaultPoints? Faults { get; private set; }

    /// <summary>The app listens on this port. Without this call the sidecar chooses a free one and the app takes it from <see cref="TestSidecar.AppPort"/>.</summary>
    public TestSidecarBuilder WithApp(int port) => WithOptions(options => options with { AppPort = port });

    /// <summary>The app has no inbound channel.</summary>
    public TestSidecarBuilder WithoutApp() => WithOptions(options => options with { AppPort = -1 });

    /// <summary>A state store in memory; it keeps actors and workflows too unless told otherwise.</summary>
    public TestSidecarBuilder WithInMemoryState(string name, bool actorStateStore = true) => WithComponent(name, "state.in-memory", ActorStateStore(actorStateStore));

    /// <summary>A state store in a SQLite file that lives as long as the sidecar.</summary>
    public TestSidecarBuilder WithSqliteState(string name, bool actorStateStore = true) => With(directory => Component(
        name, "state.sqlite", [.. ActorStateStore(actorStateStore), ("connectionString", Path.Combine(directory, $"{name}.db")), ("busyTimeout", "30s")]));

    /// <summary>The durable broker that sidecars of one test share by its name; its log lives as long as the sidecars.</summary>
    public TestSidecarBuilder WithEmbeddedPubSub(string name, params (string Key, string Value)[] metadata) =>
        With(directory => Component(name, "pubsub.embedded", [("path", Path.Combine(directory, "broker", name)), .. metadata]));

    /// <summary>A bus in memory that only this app hears; a failed delivery is not repeated.</summary>
    public TestSidecarBuilder WithInMemoryPubSub(string name) => WithComponent(name, "pubsub.in-memory");

    /// <summary>Any component.</summary>
    public TestSidecarBuilder WithComponent(string name, string type, params (string Key, string Value)[] metadata) => With(_ => Component(name, type, metadata));

    /// <summary>Any component.</summary>
    public TestSidecarBuilder WithComponent(Component component) => With(_ => component);

    /// <summary>Everything in a folder of Dapr resources, as <c>--resources-path</c> loads it.</summary>
    public TestSidecarBuilder WithResources(string folder)
    {
        _folders.Add(Path.GetFullPath(folder));
        return this;
    }

    /// <summary>A declarative subscription to one route.</summary>
    public TestSidecarBuilder WithSubscription(string pubSubName, string topic, string route, string deadLetterTopic = "") => WithSubscription(
        new Subscription { Name = $"{pubSubName}-{topic}", PubSubName = pubSubName, Topic = topic, Rules = [new SubscriptionRule("", route)], DeadLetterTopic = deadLetterTopic });

    /// <summary>Any declarative subscription.</summary>
    public TestSidecarBuilder WithSubscription(Subscription subscription)
    {
        _subscriptions.Add(subscription);
        return this;
    }

    /// <summary>An address outside Dapr that can be invoked by name.</summary>
    public TestSidecarBuilder WithHttpEndpoint(string name, Uri baseUrl)
    {
        _endpoints.Add(new HttpEndpoint(name, baseUrl, new Dictionary<string, string>(), [], SourceLocation.Code));
        return this;
    }

    /// <summary>Resiliency policies.</summary>
    public TestSidecarBuilder WithResiliency(ResiliencySpec resiliency)
    {
        _resiliencies.Add(resiliency);
        return this;
    }

    /// <summary>The configuration.</summary>
    public TestSidecarBuilder WithConfiguration(ConfigurationSpec configuration)
    {
        _configuration = configuration;
        return this;
    }

    /// <summary>Anything else daprd has a flag for.</summary>
    public TestSidecarBuilder WithOptions(Func<SidecarOptions, SidecarOptions> change)
    {
        _options = change(_options);
        return this;
    }

    /// <summary>Fault points that the test records and strikes at, the same for every sidecar of the host.</summary>
    public TestSidecarBuilder WithFaults(FaultPoints faults)
    {
        Faults = faults;
        return this;
    }

    /// <summary>Starts the sidecar by itself; it serves its APIs when this returns, and the app may start.</summary>
    /// <param name="time">Clock of the sidecar, such as a <see cref="TestClock"/>; null for the system's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TestSidecar> StartAsync(TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var host = await TestSidecarHost.StartAsync(time, cancellationToken, this);
        return host.Sidecars[0].Owning(host);
    }

    internal SidecarOptions Options(string directory, int freePort) => _options with
    {
        AppPort = _options.AppPort switch { 0 => freePort, -1 => 0, var port => port },
        AppDirectory = directory,
        ResourcesPaths = _folders,
    };

    internal SidecarResources Resources(string directory) => new()
    {
        Components = [.. _components.Select(make => make(directory))],
        Subscriptions = _subscriptions,
        HttpEndpoints = _endpoints,
        Resiliencies = _resiliencies,
        Configuration = _configuration,
    };

    private TestSidecarBuilder With(Func<string, Component> component)
    {
        _components.Add(component);
        return this;
    }

    private static (string, string)[] ActorStateStore(bool wanted) => wanted ? [("actorStateStore", "true")] : [];

    private static Component Component(string name, string type, params (string Key, string Value)[] metadata) => new()
    {
        Name = name,
        Type = type,
        Metadata = metadata.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase),
    };
}
