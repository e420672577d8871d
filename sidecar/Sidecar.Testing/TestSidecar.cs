using System.Globalization;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Testing;

/// <summary>A Dapr sidecar inside a test process, for one app under test.</summary>
/// <example>
/// <code>
/// await using var sidecar = await TestSidecar.For("orders").WithInMemoryState("statestore").WithEmbeddedPubSub("pubsub").StartAsync();
/// await using var app = new WebApplicationFactory&lt;Program&gt;().WithWebHostBuilder(host => sidecar.Configure((key, value) => host.UseSetting(key, value)));
/// app.UseKestrel(sidecar.AppPort);
/// app.StartServer();
/// await sidecar.WaitUntilReadyAsync();
/// </code>
/// </example>
public sealed class TestSidecar : IAsyncDisposable
{
    private readonly Lazy<HttpClient> _http;
    private TestSidecarHost? _owned;

    internal TestSidecar(SidecarInstance instance, DeliveryMonitor deliveries)
    {
        Instance = instance;
        Deliveries = deliveries;
        Calls = new AppCalls(instance.Options.AppPort);
        _http = new Lazy<HttpClient>(() => new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{instance.HttpPort}/") });
    }

    /// <summary>App id.</summary>
    public string AppId => Instance.Options.AppId;

    /// <summary>Port the app is to listen on, on loopback; 0 for an app without an inbound channel.</summary>
    public int AppPort => Instance.Options.AppPort;

    /// <summary>Port of the HTTP API.</summary>
    public int HttpPort => Instance.HttpPort;

    /// <summary>Port of the gRPC API.</summary>
    public int GrpcPort => Instance.GrpcPort;

    /// <summary>A client of the HTTP API.</summary>
    public HttpClient Http => _http.Value;

    /// <summary>Requests that the app has answered on <see cref="AppPort"/>.</summary>
    public AppCalls Calls { get; }

    /// <summary>Deliveries of the whole test: sidecars of one host share their brokers.</summary>
    public DeliveryMonitor Deliveries { get; }

    /// <summary>The sidecar itself.</summary>
    public SidecarInstance Instance { get; }

    /// <summary>What <c>dapr run</c> puts into the app's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["APP_ID"] = AppId,
        ["APP_PORT"] = Text(AppPort),
        ["APP_PROTOCOL"] = Instance.Options.AppProtocol,
        ["APP_CHANNEL_ADDRESS"] = Instance.Options.AppChannelAddress,
        ["DAPR_HTTP_PORT"] = Text(HttpPort),
        ["DAPR_GRPC_PORT"] = Text(GrpcPort),
        ["DAPR_HTTP_ENDPOINT"] = $"http://127.0.0.1:{Text(HttpPort)}",
        ["DAPR_GRPC_ENDPOINT"] = $"http://127.0.0.1:{Text(GrpcPort)}",
    };

    /// <summary>Begins the description of a sidecar.</summary>
    public static TestSidecarBuilder For(string appId) => new(appId);

    /// <summary>Hands <see cref="Environment"/> to the app under test, entry by entry.</summary>
    public void Configure(Action<string, string> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        foreach (var (key, value) in Environment)
        {
            set(key, value);
        }
    }

    /// <summary>Completes when the app takes work and the sidecar has subscribed for it.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => Instance.WaitUntilReadyAsync(cancellationToken);

    /// <summary>Completes when everything published so far has been taken, what handlers publish meanwhile included.</summary>
    public Task WaitForDeliveriesAsync(CancellationToken cancellationToken = default) => Deliveries.WhenQuietAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Calls.Dispose();
        if (_http.IsValueCreated)
            _http.Value.Dispose();
        if (_owned is { } host)
        {
            _owned = null;
            await host.DisposeAsync();
        }
    }

    internal TestSidecar Owning(TestSidecarHost host)
    {
        _owned = host;
        return this;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
