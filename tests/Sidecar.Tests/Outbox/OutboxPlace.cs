using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Dapr.Protocol.Grpc;
using Sidecar.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;
using Sidecar.Tests.Hosting;
using Sidecar.Tests.PubSub;

namespace Sidecar.Tests.Outbox;

/// <summary>A sidecar whose state store has Dapr's outbox, an app that hears its topic and its internal topic, and a clock that a test steps.</summary>
internal sealed class OutboxPlace : IAsyncDisposable
{
    public const string Topic = "changes";
    private static readonly string s_subscriptions =
        $$"""[{"pubsubname":"pubsub","topic":"{{Topic}}","route":"/changes"},{"pubsubname":"final","topic":"{{Topic}}","route":"/final"}]""";

    private readonly string _folder = Directory.CreateTempSubdirectory("outbox-").FullName;
    private SidecarHost _host = null!;

    public SteppedTime Time { get; } = new();

    public Subscriber App { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public GrpcChannel Grpc { get; private set; } = null!;

    public SidecarInstance Sidecar => _host.Sidecars[0];

    public IStateStore Store => Sidecar.Context.Components.StateStores["store"].Instance;

    public static async Task<OutboxPlace> StartAsync(
        string store = "state.in-memory", string pubsub = "pubsub.in-memory", Dictionary<string, string>? outbox = null, Dictionary<string, string>? pubsubMetadata = null,
        string @namespace = "default", bool withPubSub = true)
    {
        var place = new OutboxPlace { App = await Subscriber.StartAsync(s_subscriptions) };
        place._host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars =
            [
                new SidecarDefinition(new SidecarOptions { AppId = "shop", AppPort = place.App.Port, Namespace = @namespace }, new SidecarResources
                {
                    Components =
                    [
                        Component("store", store, new() { ["outboxPublishPubsub"] = "pubsub", ["outboxPublishTopic"] = Topic, ["connectionString"] = Path.Combine(place._folder, "state.db") }, outbox),
                        .. withPubSub ? [Component("pubsub", pubsub, pubsubMetadata ?? [], null), Component("final", "pubsub.in-memory", [], null)] : Array.Empty<Component>(),
                    ],
                }),
            ],
            Factories = BuiltInComponents.All,
            SchedulerStore = new DictionaryStateStore(place.Time),
            Time = place.Time,
            HostDirectory = place._folder,
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await place._host.WaitUntilReadyAsync(patience.Token);
        place.Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{place.Sidecar.HttpPort}") };
        place.Grpc = new GrpcChannel(new Uri($"http://127.0.0.1:{place.Sidecar.GrpcPort}"));
        return place;
    }

    public async Task<HttpResponseMessage> TransactAsync(string operations, string query = "")
    {
        using var content = new StringContent($$"""{"operations":[{{operations}}]}""", Encoding.UTF8, "application/json");
        return await Client.PostAsync(new Uri($"/v1.0/state/store/transaction{query}", UriKind.Relative), content);
    }

    /// <summary>Commits and expects success.</summary>
    public async Task CommitAsync(string operations, string query = "")
    {
        using var answer = await TransactAsync(operations, query);
        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    public static string Upsert(string key, string value, string metadata = "{}") =>
        $$$"""{"operation":"upsert","request":{"key":"{{{key}}}","value":{{{value}}},"metadata":{{{metadata}}}}}""";

    /// <summary>Lets the outbox's second pass, and gives the next event the app hears.</summary>
    public async Task<JsonElement> NextEventAsync()
    {
        var heard = App.Received.Count;
        await Time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await App.WaitForAsync(heard + 1);
        return App.Received.Last().Json;
    }

    public async Task<IReadOnlyList<string>> KeysAsync() => (await Store.ListKeysAsync("", null, 100, default)).Keys;

    /// <summary>Waits until the store holds these keys and no others.</summary>
    public async Task UntilKeysAsync(params string[] keys)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await KeysAsync()).SequenceEqual(keys))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What goes over a topic from now on, as a group of its own.</summary>
    public async Task<(ChannelReader<PubSubMessage> Heard, IAsyncDisposable Subscription)> ListenAsync(string topic)
    {
        var heard = Channel.CreateUnbounded<PubSubMessage>();
        var subscription = await Sidecar.Context.Components.PubSubs["pubsub"].Instance.SubscribeAsync(
            new TopicSubscription(topic, "a-witness", new Dictionary<string, string>()),
            (message, _) => heard.Writer.WriteAsync(message with { Data = message.Data.ToArray() }, CancellationToken.None).AsTask(),
            default);
        return (heard.Reader, subscription);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Grpc?.Dispose();
        await _host.DisposeAsync();
        await App.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Component Component(string name, string type, Dictionary<string, string> metadata, Dictionary<string, string>? more)
    {
        var all = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in more ?? [])
            all[key] = value;
        return new Component { Name = name, Type = type, Metadata = all };
    }
}
