using System.Text.Json.Nodes;
using Dapr.Protocol.Grpc;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Testing;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Actors;

/// <summary>A host process with a sidecar for each app, in virtual time. The host may end and come back; what is on disk stays.</summary>
internal sealed class ActorPlace : IAsyncDisposable
{
    private readonly SidecarDefinition[] _sidecars;
    private readonly List<HttpClient> _clients = [];
    private SidecarHost? _host;

    private ActorPlace(SidecarDefinition[] sidecars, TestClock clock)
    {
        (_sidecars, Clock) = (sidecars, clock);
        Store = new DictionaryStateStore(clock);
        Scheduler = new DictionaryStateStore(clock);
    }

    public TestClock Clock { get; }

    /// <summary>The state store of all apps.</summary>
    public DictionaryStateStore Store { get; }

    /// <summary>Where the host keeps reminders.</summary>
    public DictionaryStateStore Scheduler { get; }

    public SidecarHost Host => _host!;

    /// <summary>Starts a sidecar for each app; apps of the same name are replicas.</summary>
    public static Task<ActorPlace> StartAsync(params (string AppId, ActorApp? App)[] apps) => StartAsync(new SidecarResources { Components = [ActorStore] }, apps);

    public static async Task<ActorPlace> StartAsync(SidecarResources resources, params (string AppId, ActorApp? App)[] apps)
    {
        var place = new ActorPlace([.. apps.Select(app => new SidecarDefinition(new SidecarOptions { AppId = app.AppId, AppPort = app.App?.Port ?? 0 }, resources))], new TestClock());
        await place.StartHostAsync();
        return place;
    }

    public static Component ActorStore { get; } = new() { Name = "store", Type = "state.dictionary", Metadata = new Dictionary<string, string> { ["actorStateStore"] = "true" } };

    public HttpClient Client(int sidecar = 0) => _clients[sidecar];

    public GrpcChannel Channel(int sidecar = 0) => new(new Uri($"http://127.0.0.1:{Host.Sidecars[sidecar].GrpcPort}"));

    public async Task StartHostAsync()
    {
        _host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars = _sidecars,
            Factories = [Store],
            SchedulerStore = Scheduler,
            Time = Clock,
            HostDirectory = AppContext.BaseDirectory,
        });
        await _host.WaitUntilReadyAsync(new CancellationTokenSource(ActorApp.Patience).Token);
        foreach (var sidecar in _host.Sidecars)
            _clients.Add(new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/") });
    }

    public async Task StopHostAsync()
    {
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
        if (_host is not null)
            await _host.DisposeAsync();
        _host = null;
    }

    /// <summary>What the metadata API says: <c>Counter=2</c> for each type.</summary>
    public async Task<string> ActiveAsync(int sidecar = 0)
    {
        var metadata = JsonNode.Parse(await Client(sidecar).GetStringAsync("metadata"))!;
        return string.Join(' ', metadata["actorRuntime"]!["activeActors"]?.AsArray().Select(type => $"{type!["type"]}={type["count"]?.ToString() ?? "0"}") ?? []);
    }

    /// <summary>Waits for a condition; time does not move by itself.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var end = DateTime.UtcNow + ActorApp.Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, "the condition never came true");
            await Task.Delay(1);
        }
    }

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public async ValueTask DisposeAsync() => await StopHostAsync();
}
