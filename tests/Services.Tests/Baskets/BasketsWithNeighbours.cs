using System.Collections.Concurrent;
using System.Net.Http.Json;
using Baskets;
using Baskets.Contracts;
using Catalog.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ordering.Contracts;
using ServiceDefaults;
using Sidecar.Testing;

namespace Services.Tests.Baskets;

/// <summary>The service as its Program.cs makes it, with a sidecar that hosts its actors, beside a Catalog that sells mugs and an Ordering that does as it is told.</summary>
internal sealed class BasketsWithNeighbours : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<OrderDetails> _orders = new();
    private readonly List<WebApplication> _neighbours = [];
    private TestSidecarHost _sidecars = null!;
    private WebApplicationFactory<BasketActor> _service = null!;

    /// <summary>What Ordering answers.</summary>
    public int OrderingAnswers { get; set; } = StatusCodes.Status202Accepted;

    /// <summary>What Ordering was asked to take, refusals included.</summary>
    public IReadOnlyList<OrderDetails> Orders => [.. _orders];

    public static async Task<BasketsWithNeighbours> StartAsync(params (string Key, string Value)[] settings)
    {
        var world = new BasketsWithNeighbours();
        world._sidecars = await TestSidecarHost.StartAsync(
            null, default, TestSidecar.For("baskets").WithSqliteState("statestore"), TestSidecar.For("catalog"), TestSidecar.For("ordering"));
        await world.NeighbourAsync("catalog", app => app.MapGet("/products/{sku}", (string sku) => sku == "MUG" ? Results.Ok(new Product("MUG", "a mug", 4.50m)) : Results.NotFound()));
        await world.NeighbourAsync("ordering", app => app.MapPost("/orders", (SubmitOrder command) =>
        {
            world._orders.Enqueue(command.Order);
            return Results.StatusCode(world.OrderingAnswers);
        }));
        world._service = new WebApplicationFactory<BasketActor>().WithWebHostBuilder(host =>
        {
            world._sidecars["baskets"].Configure((name, value) => host.UseSetting(name, value));
            foreach (var (key, value) in settings)
            {
                host.UseSetting(key, value);
            }

            host.ConfigureLogging(logging => logging.ClearProviders());
        });
        world._service.UseKestrel(world._sidecars["baskets"].AppPort);
        world._service.StartServer();
        await world._sidecars.WaitUntilReadyAsync().WaitAsync(_patience);
        return world;
    }

    /// <summary>Service invocation, as the Gateway's sidecar would ask for it.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null) =>
        _sidecars["catalog"].Http.SendAsync(new HttpRequestMessage(method, $"v1.0/invoke/baskets/method/baskets/{path}")
        {
            Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: WireJson.Options),
        });

    public async Task<BasketView> PutAsync(string customerId, int quantity)
    {
        using var response = await SendAsync(HttpMethod.Put, $"{customerId}/items/MUG", new PutItem(quantity));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<BasketView>(WireJson.Options))!;
    }

    public async Task<BasketView> ViewAsync(string customerId) => (await _sidecars["catalog"].Http.GetFromJsonAsync<BasketView>($"v1.0/invoke/baskets/method/baskets/{customerId}", WireJson.Options))!;

    public Task<HttpResponseMessage> CheckOutAsync(string customerId, string orderId) =>
        SendAsync(HttpMethod.Post, $"{customerId}/checkout", new CheckOutBasket(orderId, CoordinationStyle.Orchestrated, "card", Some.Address));

    /// <summary>Waits until something holds of a basket.</summary>
    public async Task<BasketView> BecomesAsync(string customerId, Func<BasketView, bool> condition)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (true)
        {
            var basket = await ViewAsync(customerId);
            if (condition(basket))
            {
                return basket;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        foreach (var neighbour in _neighbours)
        {
            await neighbour.DisposeAsync();
        }

        await _sidecars.DisposeAsync();
    }

    private async Task NeighbourAsync(string appId, Action<WebApplication> routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_sidecars[appId].AppPort}");
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        var app = builder.Build();
        routes(app);
        _neighbours.Add(app);
        await app.StartAsync();
    }
}
