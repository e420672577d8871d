using System.Net;
using System.Net.Http.Json;
using Inventory;
using Inventory.Contracts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults;
using Sidecar.Testing;

namespace Services.Tests.Inventory;

/// <summary>
/// How to test a Dapr service whole: the service as its Program.cs makes it, with a sidecar of its own in the test's process. No daprd, no container, no broker to install; the state is a SQLite
/// file and the broker a log, both in a temporary folder that goes with the sidecar. The test speaks to the service only as Dapr does.
/// </summary>
public sealed class InventoryWithItsSidecar : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private TestSidecar _sidecar = null!;
    private WebApplicationFactory<Reservations> _service = null!;

    public async Task InitializeAsync()
    {
        // 1. The sidecar, with the components the service asks for by name.
        _sidecar = await TestSidecar.For("inventory").WithSqliteState("statestore").WithEmbeddedPubSub("pubsub").StartAsync();

        // 2. The service: any type of it will do for TEntryPoint. It gets the environment that `dapr run` would give it, and listens on a real port, because a sidecar has to reach it.
        _service = new WebApplicationFactory<Reservations>().WithWebHostBuilder(host =>
        {
            _sidecar.Configure((name, value) => host.UseSetting(name, value));
            host.ConfigureLogging(logging => logging.ClearProviders());
        });
        _service.UseKestrel(_sidecar.AppPort);
        _service.StartServer();

        // 3. Ready means: healthy, and subscribed to its topics.
        await _sidecar.WaitUntilReadyAsync().WaitAsync(_patience);
        using var opened = await InvokeAsync(HttpMethod.Put, "stock", new[] { new OpeningStock("MUG", 10) });
        Assert.Equal(HttpStatusCode.NoContent, opened.StatusCode);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Fact]
    public async Task The_saga_reserves_by_a_call()
    {
        using var answer = await InvokeAsync(HttpMethod.Post, "reservations/ord-1/reserve", new ReserveStock(CoordinationStyle.Orchestrated, 9m, [new OrderLine("MUG", 2)]));

        Assert.True((await answer.Content.ReadFromJsonAsync<ReservationAnswer>(WireJson.Options))!.Reserved);
        Assert.Equal(new StockLevel("MUG", 10, OnHand: 8, Reserved: 2, Shipped: 0), await StockAsync());
    }

    [Fact]
    public async Task In_the_choreography_an_event_reserves()
    {
        await PublishAsync(PaymentsEvents.Topic, "payments.credit-approved.v1", new CreditApproved(Some.Order("ord-1", new OrderLine("MUG", 2)), 9m));

        Assert.Equal(new StockLevel("MUG", 10, OnHand: 8, Reserved: 2, Shipped: 0), await StockAsync());
    }

    [Fact]
    public async Task The_same_event_twice_reserves_once()
    {
        var approved = new CreditApproved(Some.Order("ord-1", new OrderLine("MUG", 2)), 9m);

        await PublishAsync(PaymentsEvents.Topic, "payments.credit-approved.v1", approved);
        await PublishAsync(PaymentsEvents.Topic, "payments.credit-approved.v1", approved);

        Assert.Equal(2, (await StockAsync()).Reserved);
    }

    [Fact]
    public async Task More_than_the_stock_is_refused_and_nothing_is_held()
    {
        using var answer = await InvokeAsync(HttpMethod.Post, "reservations/ord-1/reserve", new ReserveStock(CoordinationStyle.Orchestrated, 9m, [new OrderLine("MUG", 11)]));

        Assert.Equal(FailureCodes.NotEnoughStock, (await answer.Content.ReadFromJsonAsync<ReservationAnswer>(WireJson.Options))!.Failure?.Code);
        Assert.Equal(0, (await StockAsync()).Reserved);
    }

    /// <summary>Service invocation, as another service's sidecar would ask for it.</summary>
    private Task<HttpResponseMessage> InvokeAsync(HttpMethod method, string path, object body) =>
        _sidecar.Http.SendAsync(new HttpRequestMessage(method, $"v1.0/invoke/inventory/method/{path}") { Content = JsonContent.Create(body, body.GetType(), options: WireJson.Options) });

    /// <summary>An event as another service publishes it; returns when it was handled, and all that follows from it.</summary>
    private async Task PublishAsync<TEvent>(string topic, string type, TEvent @event)
        where TEvent : IOrderEvent
    {
        var metadata = $"metadata.cloudevent.id={Uri.EscapeDataString(@event.EventId)}&metadata.cloudevent.type={type}&metadata.partitionKey={@event.OrderId}";
        using var published = await _sidecar.Http.PostAsync($"v1.0/publish/pubsub/{topic}?{metadata}", JsonContent.Create(@event, options: WireJson.Options));
        Assert.Equal(HttpStatusCode.NoContent, published.StatusCode);
        await _sidecar.WaitForDeliveriesAsync().WaitAsync(_patience);
    }

    private async Task<StockLevel> StockAsync() => (await _sidecar.Http.GetFromJsonAsync<StockLevel>("v1.0/invoke/inventory/method/stock/MUG", WireJson.Options))!;
}
