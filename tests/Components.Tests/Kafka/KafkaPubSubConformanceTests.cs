using Conformance;
using Sidecar.Components.KafkaPubSub;
using Sidecar.Runtime.PubSub;

namespace Components.Tests.Kafka;

/// <summary>The suite on librdkafka's mock cluster (not Apache Kafka), or on the real cluster that <c>KAFKA_BROKERS</c> names.</summary>
[NeedsServer("kafka")]
public sealed class KafkaPubSubConformanceTests(KafkaPlace kafka) : PubSubConformance, IClassFixture<KafkaPlace>
{
    private readonly List<KafkaBroker> _opened = [];

    protected override PubSubPromises Promises => new() { OrderPerKey = true, RedeliversFailures = true, TimeToLive = false };

    protected override async Task<IPubSub> OpenAsync(string appId)
    {
        var component = await kafka.OpenAsync($"{Topic}-{appId}");
        _opened.Add((KafkaBroker)component);
        return component;
    }

    protected override async Task SharingSettledAsync(string group)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!_opened.TrueForAll(component => component.Partitions > 0))
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
