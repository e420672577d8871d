using System.Globalization;
using System.Text;
using Conformance;
using Sidecar.Runtime.PubSub;

namespace Components.Tests.Kafka;

/// <summary>Subscriptions that end and begin again while partitions move, as when apps become unhealthy and recover; on librdkafka's mock cluster (not Apache Kafka).</summary>
[NeedsServer("kafka")]
public sealed class KafkaChurnTests(KafkaPlace kafka) : IClassFixture<KafkaPlace>
{
    private const int Rounds = 2;
    private const int Flaps = 15;
    private const int Burst = 8;
    private static readonly Dictionary<string, string> s_nothing = [];
    private readonly string _topic = $"churn-{Guid.NewGuid():N}"[..14];

    [ConformanceFact]
    public async Task Nothing_is_stuck_when_subscriptions_come_and_go_while_instances_do()
    {
        var handled = new Inbox();
        await using var publisher = await kafka.OpenAsync("publisher");
        await using var first = await kafka.OpenAsync(_topic);
        var staying = await first.SubscribeAsync(new TopicSubscription(_topic + "-2", _topic, s_nothing), (_, _) => Task.CompletedTask, CancellationToken.None);
        var flapping = await SubscribeAsync(first, handled);
        var published = 0;
        await PublishAsync(publisher);
        await handled.WaitForAsync(1);

        for (var round = 0; round < Rounds; round++)
        {
            var second = await kafka.OpenAsync(_topic);
            await using (await SubscribeAsync(second, handled))
            {
                // Publishing paces the flapping: the group hands out partitions at whatever point of it.
                for (var flap = 0; flap < Flaps; flap++)
                {
                    await flapping.DisposeAsync();
                    await PublishAsync(publisher);
                    flapping = await SubscribeAsync(first, handled);
                    await PublishAsync(publisher);
                }
            }

            await second.DisposeAsync();
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var expected = Enumerable.Range(0, published).Select(Text).ToHashSet();
        while (!expected.IsSubsetOf(handled.Texts))
        {
            await Task.Delay(20, limit.Token);
        }

        await flapping.DisposeAsync();
        await staying.DisposeAsync();

        async Task PublishAsync(IPubSub to)
        {
            for (var end = published + Burst; published < end; published++)
            {
                await to.PublishAsync(
                    new PubSubMessage(_topic, Encoding.UTF8.GetBytes(Text(published)), new Dictionary<string, string> { ["partitionKey"] = $"key-{published % 16}" }), CancellationToken.None);
            }
        }
    }

    private Task<IAsyncDisposable> SubscribeAsync(IPubSub component, Inbox handled) =>
        component.SubscribeAsync(new TopicSubscription(_topic, _topic, s_nothing), handled.HandleAsync, CancellationToken.None);

    private static string Text(int i) => i.ToString("D4", CultureInfo.InvariantCulture);
}
