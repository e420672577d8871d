using System.Net.Http.Headers;
using System.Text;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.PubSub;

/// <summary>A sidecar with a pub/sub component, and the app behind it.</summary>
internal sealed class PubSubPlace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pubsub-").FullName;
    private SidecarHost _host = null!;

    public Subscriber App { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public SidecarInstance Sidecar => _host.Sidecars[0];

    public static async Task<PubSubPlace> StartAsync(
        string? subscriptions, string type = "pubsub.embedded", Dictionary<string, string>? metadata = null, SidecarResources? resources = null, TimeProvider? time = null,
        AppHealthCheckOptions? health = null, IComponentFactory? factory = null)
    {
        var place = new PubSubPlace { App = await Subscriber.StartAsync(subscriptions) };
        resources ??= new SidecarResources();
        place._host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars =
            [
                new SidecarDefinition(
                    new SidecarOptions { AppId = "shop", AppPort = place.App.Port, AppHealthCheck = health, MetricsPort = 0 },
                    resources with
                    {
                        Components =
                        [
                            new Component
                            {
                                Name = "pubsub",
                                Type = type,
                                Metadata = new Dictionary<string, string>(metadata ?? [], StringComparer.OrdinalIgnoreCase),
                            },
                        ],
                    }),
            ],
            Factories = factory is null ? BuiltInComponents.All : [factory],
            SchedulerStore = new DictionaryStateStore(time ?? TimeProvider.System),
            Time = time ?? TimeProvider.System,
            HostDirectory = place._folder,
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await place._host.WaitUntilReadyAsync(patience.Token);
        place.Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{place.Sidecar.HttpPort}") };
        return place;
    }

    public async Task<HttpResponseMessage> PublishAsync(string topic, string body, string? contentType = "application/json", string query = "")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Client.PostAsync(new Uri($"/v1.0/publish/pubsub/{topic}{query}", UriKind.Relative), content);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await _host.DisposeAsync();
        await App.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
