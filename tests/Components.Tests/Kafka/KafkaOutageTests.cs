using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.Kafka;

/// <summary>An outage of the mock cluster (not Apache Kafka): its brokers are cut off and come back with their data, as a restarted broker would.</summary>
[NeedsServer("kafka")]
public sealed class KafkaOutageTests : BrokerOutageConformance
{
    private readonly KafkaMockCluster _server = new();
    private readonly ComponentPlace _place = new();

    public override async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override Task StartBrokerAsync(string topic) => _server.StartAsync();

    protected override Task BreakAsync() => _server.BreakAsync();

    protected override Task MendAsync() => _server.MendAsync();

    protected override Task<IPubSub> OpenAsync(string appId) => _place.MakeAsync<IPubSub>(
        "pubsub.kafka",
        new() { ["brokers"] = _server.Address, ["authType"] = "none", ["initialOffset"] = "oldest", ["consumerGroup"] = appId, ["backOffDuration"] = "50ms" });
}
