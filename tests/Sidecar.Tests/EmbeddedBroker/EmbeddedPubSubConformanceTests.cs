using Conformance;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Tests.EmbeddedBroker;

public sealed class EmbeddedPubSubConformanceTests : PubSubConformance
{
    private readonly ComponentPlace _place = new();

    protected override PubSubPromises Promises => new() { OrderPerKey = true, RedeliversFailures = true, TimeToLive = true };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }

    protected override Task<IPubSub> OpenAsync(string appId) => _place.MakeAsync<IPubSub>("pubsub.embedded", new() { ["redeliverInterval"] = "1ms" }, appId: appId);

    protected override async Task LoseAsync(IPubSub component, IAsyncDisposable subscription, Func<Task> die)
    {
        // The broker lives in the same process: only the app can die alone.
        await die();
        await subscription.DisposeAsync();
        await component.DisposeAsync();
    }
}
