using System.Globalization;
using System.Text;
using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;
using Sidecar.Testing;

namespace Components.Tests.ExactlyOnce;

/// <summary>
/// Many events, while subscribers die and come back and the broker is killed and started again: every event has its effect once, and in the order of its key where the broker keeps it.
/// <c>./test</c> runs a slice; <c>EXACTLY_ONCE_EVENTS=100000 ./test Components --filter FullyQualifiedName~ExactlyOnce</c> runs all of it.
/// </summary>
/// <param name="folder">Folder under <c>components/pubsub</c>.</param>
/// <param name="ordered">One subscriber gets the events of a key in their order.</param>
/// <param name="metadata">Instead of what the folder says: what a dead subscriber held is to come again while the test waits.</param>
public abstract class ExactlyOnceInEffect(string folder, bool ordered, IReadOnlyDictionary<string, string>? metadata = null)
{
    private const int Keys = 40;
    private const string Topic = "effects";
    private static readonly int s_events = int.TryParse(Environment.GetEnvironmentVariable("EXACTLY_ONCE_EVENTS"), CultureInfo.InvariantCulture, out var events) ? events : 4000;
    private static readonly Dictionary<string, string> s_nothing = [];

    /// <summary>On a machine that does much else, a broker takes half a minute to start, and does so four times here.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    [ConformanceFact]
    public async Task Every_event_has_its_effect_once_while_subscribers_and_broker_come_and_go()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var place = new ComponentPlace();
        await using var store = await place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = "effects.db", ["busyTimeout"] = "30s" });
        await using var broker = await PrivateBroker.StartAsync(Path.Combine(Checkout.Root, "components", "pubsub", folder), [Topic], metadata);
        var ledger = new Ledger(store);
        using var limit = new CancellationTokenSource(s_patience + TimeSpan.FromMilliseconds(5 * s_events));

        var published = 0;
        // First of all: RabbitMQ keeps nothing for a queue that nobody has declared yet.
        var subscriber = await JoinAsync(broker, ledger, limit.Token);
        await using var publisher = await broker.OpenAsync("publisher");
        var publishing = Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(async () =>
        {
            for (var i = 0; i < s_events / Keys; i++)
            {
                await PublishAsync(publisher, $"key-{key}", i, limit.Token);
                Interlocked.Increment(ref published);
            }
        })));

        for (var disturbance = 1; disturbance <= 4; disturbance++)
        {
            var mark = s_events * disturbance / 5;
            while (Volatile.Read(ref published) < mark && !publishing.IsCompleted)
            {
                await Task.Delay(5, limit.Token);
            }

            if (random.Next(2) == 0)
            {
                await subscriber.DisposeAsync();
                subscriber = await JoinAsync(broker, ledger, limit.Token);
            }
            else
            {
                await broker.BreakAsync();
                await broker.MendAsync();
            }
        }

        await publishing;
        var each = s_events / Keys;
        try
        {
            for (var key = 0; key < Keys; key++)
            {
                while ((await ledger.AccountAsync($"key-{key}")).Next < each)
                {
                    await Task.Delay(20, limit.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"seed {seed}: not every event came: {await MissingAsync(ledger, each)}");
        }

        for (var key = 0; key < Keys; key++)
        {
            Assert.Equal((long)each * (each - 1) / 2, (await ledger.AccountAsync($"key-{key}")).Sum);
        }

        await subscriber.DisposeAsync();
        Assert.True(!ordered || ledger.Early == 0, $"seed {seed}: {ledger.Early} events came before an earlier one of their key");
    }

    private static async Task<IAsyncDisposable> JoinAsync(PrivateBroker broker, Ledger ledger, CancellationToken cancellationToken)
    {
        while (true)
        {
            var component = await broker.OpenAsync("effects");
            try
            {
                var subscription = await component.SubscribeAsync(new TopicSubscription(Topic, "effects", s_nothing), ledger.ApplyAsync, cancellationToken);
                return new Member(component, subscription, dies: broker.Server is not null);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The broker may be away at this moment: a sidecar would be started again.
                await component.DisposeAsync();
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <summary>A subscriber. One that dies does not end its subscription in an orderly way; one on a broker in the same process cannot die alone.</summary>
    private sealed class Member(IPubSub component, IAsyncDisposable subscription, bool dies) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!dies)
                await subscription.DisposeAsync();
            await component.DisposeAsync();
        }
    }

    private static async Task PublishAsync(IPubSub publisher, string key, int number, CancellationToken cancellationToken)
    {
        var message = new PubSubMessage(Topic, Encoding.UTF8.GetBytes($"{key} {number}"), new Dictionary<string, string> { ["partitionKey"] = key }, "text/plain");
        while (true)
        {
            try
            {
                await publisher.PublishAsync(message, cancellationToken);
                return;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    private static async Task<string> MissingAsync(Ledger ledger, int each)
    {
        var behind = new List<string>();
        for (var key = 0; key < Keys; key++)
        {
            if (await ledger.AccountAsync($"key-{key}") is var account && account.Next < each)
                behind.Add($"key-{key} waits for {account.Next}, has {account.Ahead.Count} after it");
        }

        return string.Join("; ", behind);
    }
}

public sealed class ExactlyOnceOnEmbedded() : ExactlyOnceInEffect("embedded", ordered: true);

[NeedsServer("redis")]
public sealed class ExactlyOnceOnRedis() : ExactlyOnceInEffect("redis", ordered: false, new Dictionary<string, string> { ["processingTimeout"] = "2s", ["redeliverInterval"] = "1s" });

[NeedsServer("rabbitmq")]
public sealed class ExactlyOnceOnRabbitMq() : ExactlyOnceInEffect("rabbitmq", ordered: false);

[NeedsServer("nats")]
public sealed class ExactlyOnceOnNats() : ExactlyOnceInEffect("nats", ordered: false, new Dictionary<string, string> { ["backOff"] = "1s,2s,4s" });

/// <summary>Kafka here is librdkafka's mock cluster, not Apache Kafka; its brokers are cut off and let back, since it keeps nothing over an end.</summary>
[NeedsServer("kafka")]
public sealed class ExactlyOnceOnKafka() : ExactlyOnceInEffect("kafka", ordered: true);
