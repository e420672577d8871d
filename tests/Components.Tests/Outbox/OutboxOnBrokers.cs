using System.Text.Json;
using Conformance;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;
using Sidecar.Testing;

namespace Components.Tests.Outbox;

/// <summary>Dapr's outbox with each broker: a transaction is told once on its topic, and its marker goes.</summary>
/// <param name="folder">Folder under <c>components/pubsub</c>.</param>
public abstract class OutboxOnBrokers(string folder)
{
    private const string Topic = "changes";
    private const string InternalTopic = "shopchangesoutbox";

    [ConformanceFact]
    public async Task A_transaction_is_told_and_leaves_no_marker()
    {
        await using var place = new ComponentPlace();
        await using var broker = await PrivateBroker.StartAsync(Path.Combine(Checkout.Root, "components", "pubsub", folder), [Topic, InternalTopic]);
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = await broker.OpenAsync("listener");
        await using var subscription = await listener.SubscribeAsync(
            new TopicSubscription(Topic, "listener", new Dictionary<string, string>()),
            (message, _) =>
            {
                told.TrySetResult(System.Text.Encoding.UTF8.GetString(message.Data.Span));
                return Task.CompletedTask;
            },
            default);
        await using var scheduler = await place.MakeAsync<IStateStore>("state.in-memory", []);
        await using var host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars =
            [
                new SidecarDefinition(new SidecarOptions { AppId = "shop", AppDirectory = place.Folder }, new SidecarResources
                {
                    Components =
                    [
                        new Component { Name = "pubsub", Type = PrivateFactory.Name },
                        new Component
                        {
                            Name = "store",
                            Type = "state.sqlite",
                            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
                            {
                                ["connectionString"] = "outbox.db", ["outboxPublishPubsub"] = "pubsub", ["outboxPublishTopic"] = Topic,
                            },
                        },
                    ],
                }),
            ],
            Factories = [.. BuiltInComponents.All, new PrivateFactory(broker)],
            SchedulerStore = scheduler,
            HostDirectory = place.Folder,
        });
        await host.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Sidecars[0].HttpPort}") };
        using var content = new StringContent("""{"operations":[{"operation":"upsert","request":{"key":"1","value":"2"}}]}""");
        using var answer = await http.PostAsync(new Uri("/v1.0/state/store/transaction", UriKind.Relative), content);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        using var cloudEvent = JsonDocument.Parse(await told.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(("2", Topic), (cloudEvent.RootElement.GetProperty("data").GetString(), cloudEvent.RootElement.GetProperty("topic").GetString()));
        var store = host.Sidecars[0].Context.Components.StateStores["store"].Instance;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await store.GetAsync(cloudEvent.RootElement.GetProperty("id").GetString()!, patience.Token) is not null)
            await Task.Delay(1);
    }

    /// <summary>Gives a sidecar the private broker's component.</summary>
    private sealed class PrivateFactory(PrivateBroker broker) : IComponentFactory
    {
        public const string Name = "pubsub.private";

        public string Type => Name;

        public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) => await broker.OpenAsync(context.AppId);
    }
}

[NeedsServer("redis")]
public sealed class OutboxOnRedis() : OutboxOnBrokers("redis");

[NeedsServer("rabbitmq")]
public sealed class OutboxOnRabbitMq() : OutboxOnBrokers("rabbitmq");

[NeedsServer("nats")]
public sealed class OutboxOnNats() : OutboxOnBrokers("nats");

[NeedsServer("kafka")]
public sealed class OutboxOnKafka() : OutboxOnBrokers("kafka");
