using System.Text;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.Hosting;

/// <summary>Sidecars on free ports, with a state store in a dictionary, and a client for each.</summary>
internal sealed class SidecarFixture : IAsyncDisposable
{
    private readonly List<HttpClient> _clients = [];

    private SidecarFixture(SidecarHost host, DictionaryStateStore store)
    {
        Host = host;
        Store = store;
        foreach (var sidecar in host.Sidecars)
            _clients.Add(new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{sidecar.HttpPort}") });
    }

    public SidecarHost Host { get; }

    public DictionaryStateStore Store { get; }

    public SidecarInstance Sidecar => Host.Sidecars[0];

    public HttpClient Client => _clients[0];

    public static SidecarResources WithStore { get; } = new()
    {
        Components = [new Component { Name = "store", Type = "state.dictionary" }],
    };

    public static Task<SidecarFixture> StartAsync(SidecarOptions options, SidecarResources? resources = null, TimeProvider? time = null) =>
        StartAsync([new SidecarDefinition(options, resources ?? WithStore)], time);

    public static async Task<SidecarFixture> StartAsync(IReadOnlyList<SidecarDefinition> sidecars, TimeProvider? time = null, bool waitUntilReady = true, DictionaryStateStore? store = null)
    {
        store ??= new DictionaryStateStore(time ?? TimeProvider.System);
        var host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars = sidecars,
            Factories = [store, new DictionarySecretStore()],
            SchedulerStore = new DictionaryStateStore(time ?? TimeProvider.System),
            Time = time ?? TimeProvider.System,
            HostDirectory = AppContext.BaseDirectory,
        });
        if (waitUntilReady)
            await host.WaitUntilReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return new SidecarFixture(host, store);
    }

    public HttpClient ClientOf(int sidecar) => _clients[sidecar];

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Host.DisposeAsync();
    }
}
