using System.Net;
using System.Net.Http.Json;
using Gateway.Books;
using Gateway.Services;
using Inventory.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults;
using Shipping.Contracts;
using Sidecar.Testing;

namespace Services.Tests.Gateway;

/// <summary>The Gateway as its Program.cs makes it, with sidecars on a clock that the test moves, beside services and partners whose books hold one completed order of £20.</summary>
internal sealed class GatewayWithNeighbours : IAsyncDisposable
{
    public static readonly DateTimeOffset Evening = new(2026, 1, 2, 20, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly TestClock _clock = new(Evening);
    private readonly WebApplication _neighbours;
    private TestSidecarHost _sidecars = null!;
    private WebApplicationFactory<Audit> _service = null!;

    private GatewayWithNeighbours() => _neighbours = Neighbours();

    /// <summary>What the provider's books say was captured.</summary>
    public decimal CapturedByProvider { get; set; } = 20m;

    /// <summary>The provider answers nobody.</summary>
    public bool IsProviderDown { get; set; }

    /// <summary>How often the provider's books were read.</summary>
    public int ProviderAsked { get; private set; }

    public static async Task<GatewayWithNeighbours> StartAsync()
    {
        var world = new GatewayWithNeighbours();
        await world._neighbours.StartAsync();
        var port = new Uri(world._neighbours.Urls.Single()).Port;
        world._sidecars = await TestSidecarHost.StartAsync(
            world._clock,
            default,
            [
                TestSidecar.For("gateway").WithSqliteState("statestore"),
                .. new[] { "ordering", "inventory", "payments", "shipping", "payment-provider", "carrier" }.Select(app => TestSidecar.For(app).WithApp(port)),
            ]);
        world.StartService();
        await world._sidecars.WaitUntilReadyAsync().WaitAsync(_patience);
        await world.IsScheduledAsync();
        return world;
    }

    /// <summary>The Gateway ends and starts again.</summary>
    public async Task RestartAsync()
    {
        await _service.DisposeAsync();
        StartService();
        await UntilAsync(async () =>
        {
            using var answer = await GetAsync("healthz");
            return answer.IsSuccessStatusCode;
        });
    }

    public void Pass(TimeSpan time) => _clock.Advance(time);

    /// <summary>Time passes, in steps, until something is so.</summary>
    public Task PassUntilAsync(TimeSpan step, Func<bool> holds) => UntilAsync(() =>
    {
        _clock.Advance(step);
        return Task.FromResult(holds());
    });

    /// <summary>Time passes, in steps, until there is something.</summary>
    public async Task<T> PassUntilAsync<T>(TimeSpan step, Func<Task<T?>> find)
        where T : class
    {
        T? found = null;
        await UntilAsync(async () =>
        {
            _clock.Advance(step);
            return (found = await find()) is not null;
        });
        return found!;
    }

    /// <summary>What <c>GET /reconciliation</c> shows; null for nothing.</summary>
    public async Task<Reconciliation?> LastAsync()
    {
        using var answer = await GetAsync("reconciliation");
        return answer.StatusCode == HttpStatusCode.NoContent ? null : await answer.Content.ReadFromJsonAsync<Reconciliation>(WireJson.Options);
    }

    /// <summary>Waits for a reconciliation that began at a time.</summary>
    public async Task<Reconciliation> LastAsync(DateTimeOffset at)
    {
        Reconciliation? last = null;
        await UntilAsync(async () => (last = await LastAsync())?.At == at);
        return last!;
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _sidecars.DisposeAsync();
        await _neighbours.DisposeAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    private Task IsScheduledAsync() => UntilAsync(async () =>
    {
        using var job = await _sidecars["gateway"].Http.GetAsync("v1.0/jobs/nightly-reconciliation");
        return job.IsSuccessStatusCode;
    });

    private Task<HttpResponseMessage> GetAsync(string path) => _sidecars["gateway"].Http.GetAsync($"v1.0/invoke/gateway/method/{path}");

    private void StartService()
    {
        _service = new WebApplicationFactory<Audit>().WithWebHostBuilder(host =>
        {
            _sidecars["gateway"].Configure((name, value) => host.UseSetting(name, value));
            host.UseSetting("Authentication:DevelopmentIssuer", "true");
            host.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(_clock));
            host.ConfigureLogging(logging => logging.ClearProviders());
        });
        _service.UseKestrel(_sidecars["gateway"].AppPort);
        _service.StartServer();
    }

    private WebApplication Neighbours()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        var app = builder.Build();
        var order = new OrderSummary("ord-1", CoordinationStyle.Orchestrated, OrderState.Completed, 20m, 0m, [new OrderLine("MUG", 2)], Evening, Evening, false);
        app.MapGet("/orders", () => new OrderPage([order], null));
        app.MapGet("/stock", () => new[] { new StockLevel("MUG", 10, OnHand: 8, Reserved: 0, Shipped: 2) });
        app.MapPost("/payments/views", () => new[] { new MoneyView("ord-1", 0m, 20m, 0m) });
        app.MapPost("/shipments/views", () => new[] { new ShipmentView("ord-1", true) });

        // Provider and carrier have the same path; what is asked of the provider says its name.
        app.MapPost("/books/query", (HttpRequest request) =>
        {
            if (request.Headers["dapr-callee-app-id"] != "payment-provider")
            {
                return Results.Ok(new[] { new CarrierBook("ord-1", true) });
            }

            ProviderAsked++;
            return IsProviderDown ? Results.StatusCode(503) : Results.Ok(new[] { new ProviderBook("ord-1", 0m, CapturedByProvider, 0m) });
        });
        return app;
    }
}
