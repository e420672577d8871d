using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sidecar.Testing;

namespace Services.Tests.Defaults;

/// <summary>What the listener was told.</summary>
/// <param name="Id">CloudEvent id.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Value">The count.</param>
/// <param name="PartitionKey">The key that the message was published with.</param>
internal sealed record Heard(string Id, string OrderId, int Value, string PartitionKey);

/// <summary>
/// Two sidecars of one counting service on one SQLite file, a third of the same service that cannot reach the broker, and a listener of another service: all in this process.
/// </summary>
internal sealed class CountingPlace : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly TestSidecarHost _host;
    private readonly WebApplication _listener;
    private readonly List<Heard> _heard;

    private CountingPlace(TestSidecarHost host, WebApplication listener, List<Heard> heard) => (_host, _listener, _heard) = (host, listener, heard);

    public TestSidecar First => _host.Sidecars[0];

    public TestSidecar Second => _host.Sidecars[1];

    /// <summary>Its service commits, and cannot publish.</summary>
    public TestSidecar WithoutBroker => _host.Sidecars[2];

    public static async Task<CountingPlace> StartAsync()
    {
        var host = await TestSidecarHost.StartAsync(
            null,
            CancellationToken.None,
            TestSidecar.For("counting").WithoutApp().WithSqliteState("statestore").WithEmbeddedPubSub("pubsub"),
            TestSidecar.For("counting").WithoutApp().WithSqliteState("statestore").WithEmbeddedPubSub("pubsub"),
            TestSidecar.For("counting").WithoutApp().WithSqliteState("statestore"),
            TestSidecar.For("listener").WithEmbeddedPubSub("pubsub").WithSubscription("pubsub", Counted.Topic, "/counts"));
        var heard = new List<Heard>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{host["listener"].AppPort}");
        var listener = builder.Build();
        listener.MapPost("/counts", (HttpRequest request, JsonElement body) =>
        {
            var data = body.GetProperty("data");
            lock (heard)
            {
                heard.Add(new Heard(
                    body.GetProperty("id").GetString()!, data.GetProperty("orderId").GetString()!, data.GetProperty("value").GetInt32(), request.Headers["partitionKey"].ToString()));
            }
        });
        await listener.StartAsync();
        await host.WaitUntilReadyAsync().WaitAsync(_patience);
        return new CountingPlace(host, listener, heard);
    }

    /// <summary>Everything that was delivered, once all of it was.</summary>
    public async Task<IReadOnlyList<Heard>> HeardAsync()
    {
        await _host.WaitForDeliveriesAsync().WaitAsync(_patience);
        lock (_heard)
        {
            return [.. _heard];
        }
    }

    /// <summary>Waits until the listener has answered so many deliveries.</summary>
    public async Task<IReadOnlyList<Heard>> HeardAsync(int atLeast)
    {
        var answered = 0;
        await _host["listener"].Calls.WaitForAsync(call => call.Path == "/counts" && ++answered >= atLeast).WaitAsync(_patience);
        return await HeardAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _listener.DisposeAsync();
    }
}
