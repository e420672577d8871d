using Conformance;
using Sidecar.Components.JetStreamPubSub;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.JetStream;

/// <summary>The suite on <c>pubsub.jetstream</c> with the settings of components/pubsub/nats, but one message after the other.</summary>
[NeedsServer("nats")]
public sealed class JetStreamConformanceTests(SharedServer<NatsServer> nats) : PubSubConformance, IClassFixture<SharedServer<NatsServer>>
{
    private readonly ComponentPlace _place = new();

    protected override PubSubPromises Promises { get; } = new() { OrderPerKey = true, RedeliversFailures = true, TimeToLive = false };

    protected override async Task PrepareAsync(string topic) => await StreamBootstrap.EnsureAsync(nats.Server.Address, [topic]);

    protected override Task<IPubSub> OpenAsync(string appId) =>
        _place.MakeAsync<IPubSub>("pubsub.jetstream", JetStreamSettings.Of(nats.Server, appId), appId: appId);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }
}

/// <summary>The same, several messages at once.</summary>
[NeedsServer("nats")]
public sealed class JetStreamParallelConformanceTests(SharedServer<NatsServer> nats) : PubSubConformance, IClassFixture<SharedServer<NatsServer>>
{
    private readonly ComponentPlace _place = new();

    protected override PubSubPromises Promises { get; } = new() { OrderPerKey = false, RedeliversFailures = true, TimeToLive = false };

    protected override async Task PrepareAsync(string topic) => await StreamBootstrap.EnsureAsync(nats.Server.Address, [topic]);

    protected override Task<IPubSub> OpenAsync(string appId) => _place.MakeAsync<IPubSub>(
        "pubsub.jetstream", new(JetStreamSettings.Of(nats.Server, appId)) { ["concurrencyMode"] = "parallel", ["maxAckPending"] = "64" }, appId: appId);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }
}

/// <summary>The server is killed while messages flow.</summary>
[NeedsServer("nats")]
public sealed class JetStreamOutageTests : BrokerOutageConformance
{
    private readonly NatsServer _server = new();
    private readonly ComponentPlace _place = new();

    protected override async Task StartBrokerAsync(string topic)
    {
        await _server.StartAsync();
        await StreamBootstrap.EnsureAsync(_server.Address, [topic]);
    }

    protected override Task BreakAsync() => _server.KillAsync();

    protected override Task MendAsync() => _server.StartAsync();

    protected override Task<IPubSub> OpenAsync(string appId) =>
        _place.MakeAsync<IPubSub>("pubsub.jetstream", JetStreamSettings.Of(_server, appId), appId: appId);

    public override async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _server.DisposeAsync();
    }
}

/// <summary>Metadata as in components/pubsub/nats.</summary>
internal static class JetStreamSettings
{
    public static Dictionary<string, string> Of(NatsServer server, string appId) => new()
    {
        ["natsURL"] = "nats://" + server.Address,
        ["durableName"] = appId,
        ["queueGroupName"] = appId,
        ["deliverPolicy"] = "all",
    };
}
