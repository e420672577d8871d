using Conformance;
using Sidecar.Runtime.PubSub;

namespace Components.Tests.Kafka;

/// <summary>The suite on librdkafka's mock cluster (not Apache Kafka), or on the real cluster that <c>KAFKA_BROKERS</c> names.</summary>
[NeedsServer("kafka")]
public sealed class KafkaPubSubConformanceTests(KafkaPlace kafka) : PubSubConformance, IClassFixture<KafkaPlace>
{
    protected override PubSubPromises Promises => new() { OrderPerKey = true, RedeliversFailures = true, TimeToLive = false };

    protected override Task<IPubSub> OpenAsync(string appId) => kafka.OpenAsync($"{Topic}-{appId}");
}
