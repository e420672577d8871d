using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

/// <summary>With the settings the platform uses: nothing is lost, many messages are handled at once.</summary>
[NeedsServer("rabbitmq")]
[Collection(SharedRabbitMq.Name)]
public sealed class RabbitMqConformanceTests(SharedServer<RabbitMqServer> shared) : PubSubConformance
{
    private readonly RabbitMqBench _bench = new(shared.Server);

    protected override PubSubPromises Promises { get; } = new() { OrderPerKey = false, RedeliversFailures = true, TimeToLive = true };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _bench.DisposeAsync();
    }

    protected override Task<IPubSub> OpenAsync(string appId) => _bench.OpenAsync();
}

/// <summary>One message at a time keeps the order; without requeueing a failed message is gone.</summary>
[NeedsServer("rabbitmq")]
[Collection(SharedRabbitMq.Name)]
public sealed class RabbitMqInOrderConformanceTests(SharedServer<RabbitMqServer> shared) : PubSubConformance
{
    private readonly RabbitMqBench _bench = new(shared.Server);

    protected override PubSubPromises Promises { get; } = new() { OrderPerKey = true, RedeliversFailures = false, TimeToLive = true };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _bench.DisposeAsync();
    }

    protected override Task<IPubSub> OpenAsync(string appId) => _bench.OpenAsync(
        new Dictionary<string, string> { ["concurrencyMode"] = "single", ["deletedWhenUnused"] = "false", ["publisherConfirm"] = "true", ["prefetchCount"] = "20" });
}

/// <summary>The broker is killed in mid-stream and comes back.</summary>
[NeedsServer("rabbitmq")]
public sealed class RabbitMqOutageTests : BrokerOutageConformance
{
    private readonly RabbitMqServer _server = new();
    private readonly RabbitMqBench _bench;

    public RabbitMqOutageTests() => _bench = new RabbitMqBench(_server);

    protected override Task StartBrokerAsync(string topic) => _server.StartAsync();

    protected override Task BreakAsync() => _server.KillAsync();

    protected override Task MendAsync() => _server.StartAsync();

    protected override Task<IPubSub> OpenAsync(string appId) => _bench.OpenAsync();

    public override async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
    }
}
