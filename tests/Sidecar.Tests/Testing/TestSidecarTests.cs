using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sidecar.Testing;

namespace Sidecar.Tests.Testing;

public sealed class TestSidecarTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static async Task<WebApplication> AppAsync(TestSidecar sidecar, Action<WebApplication> routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{sidecar.AppPort}");
        var app = builder.Build();
        routes(app);
        await app.StartAsync();
        await sidecar.WaitUntilReadyAsync().WaitAsync(s_patience);
        return app;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task State_is_kept_in_memory_or_in_sqlite(bool sqlite)
    {
        var described = TestSidecar.For("orders").WithoutApp();
        await using var sidecar = await (sqlite ? described.WithSqliteState("statestore") : described.WithInMemoryState("statestore")).StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await sidecar.Http.PostAsJsonAsync(new Uri("v1.0/state/statestore", UriKind.Relative), new[] { new { key = "k", value = 1 } })).StatusCode);
        Assert.Equal("1", await sidecar.Http.GetStringAsync(new Uri("v1.0/state/statestore/k", UriKind.Relative)));
    }

    [Fact]
    public async Task An_app_on_the_chosen_port_is_invoked_and_its_answers_are_seen()
    {
        await using var sidecar = await TestSidecar.For("orders").StartAsync();
        await using var app = await AppAsync(sidecar, routes => routes.MapGet("/hello", () => "hi"));

        Assert.Equal("hi", await sidecar.Http.GetStringAsync(new Uri("v1.0/invoke/orders/method/hello", UriKind.Relative)));

        Assert.Equal(new AppCall("GET", "/hello", 200), await sidecar.Calls.WaitForAsync("/hello").WaitAsync(s_patience));
        Assert.Equal($"{sidecar.HttpPort}", sidecar.Environment["DAPR_HTTP_PORT"]);
    }

    [Fact]
    public async Task A_test_waits_for_deliveries_and_for_those_that_follow_from_them()
    {
        await using var host = await TestSidecarHost.StartAsync(
            null, CancellationToken.None,
            TestSidecar.For("orders").WithEmbeddedPubSub("pubsub"),
            TestSidecar.For("payments").WithEmbeddedPubSub("pubsub").WithSubscription("pubsub", "submitted", "/submitted"),
            TestSidecar.For("shipping").WithEmbeddedPubSub("pubsub").WithSubscription("pubsub", "paid", "/paid"));
        var payments = host["payments"];
        await using var ordersApp = await AppAsync(host["orders"], _ => { });
        await using var paymentsApp = await AppAsync(payments, routes => routes.MapPost("/submitted", async () =>
        {
            await payments.Http.PostAsJsonAsync(new Uri("v1.0/publish/pubsub/paid", UriKind.Relative), new { });
            return Results.Ok();
        }));
        await using var shippingApp = await AppAsync(host["shipping"], routes => routes.MapPost("/paid", () => Results.Ok()));

        for (var i = 0; i < 5; i++)
        {
            await host["orders"].Http.PostAsJsonAsync(new Uri("v1.0/publish/pubsub/submitted", UriKind.Relative), new { i });
        }

        await host.WaitForDeliveriesAsync().WaitAsync(s_patience);
        Assert.Equal(5, host["shipping"].Calls.All.Count(call => call.Path == "/paid"));
        Assert.Equal(5, host.Deliveries.All.Count(delivery => delivery is { Topic: "paid", ConsumerGroup: "shipping", Error: null }));
    }

    [Fact]
    public async Task A_delivery_that_failed_comes_again_before_it_is_quiet()
    {
        var tries = 0;
        await using var sidecar = await TestSidecar.For("orders").WithEmbeddedPubSub("pubsub", ("redeliverInterval", "10ms")).WithSubscription("pubsub", "t", "/t").StartAsync();
        await using var app = await AppAsync(sidecar, routes => routes.MapPost("/t", () => Interlocked.Increment(ref tries) < 3 ? Results.StatusCode(500) : Results.Ok()));

        await sidecar.Http.PostAsJsonAsync(new Uri("v1.0/publish/pubsub/t", UriKind.Relative), new { });
        await sidecar.WaitForDeliveriesAsync().WaitAsync(s_patience);

        Assert.Equal(3, tries);
        Assert.Equal(2, sidecar.Deliveries.All.Count(delivery => delivery.Error is not null));
    }

    [Fact]
    public async Task A_job_fires_when_the_clock_gets_there()
    {
        var clock = new TestClock();
        await using var sidecar = await TestSidecar.For("orders").StartAsync(clock);
        await using var app = await AppAsync(sidecar, routes => routes.MapPost("/job/remind", () => Results.Ok()));
        (await sidecar.Http.PostAsJsonAsync(new Uri("v1.0-alpha1/jobs/remind", UriKind.Relative), new { dueTime = "24h" })).EnsureSuccessStatusCode();
        await clock.WaitForTimerAsync(TimeSpan.FromHours(24)).WaitAsync(s_patience);

        clock.Advance(TimeSpan.FromHours(23));
        Assert.DoesNotContain(sidecar.Calls.All, call => call.Path == "/job/remind");
        clock.Advance(TimeSpan.FromHours(1));

        await sidecar.Calls.WaitForAsync("/job/remind").WaitAsync(s_patience);
    }

    [Fact]
    public async Task Resources_of_a_folder_are_loaded_as_they_stand()
    {
        using var folder = new Resources.ResourceFolder().With("s.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: fromfile}\nspec: {type: state.in-memory, version: v1}\n");
        await using var sidecar = await TestSidecar.For("orders").WithoutApp().WithResources(folder.Path).StartAsync();

        Assert.Contains("fromfile", await sidecar.Http.GetStringAsync(new Uri("v1.0/metadata", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_test_sidecar_is_left_behind()
    {
        string directory;
        await using (var sidecar = await TestSidecar.For("orders").WithoutApp().WithSqliteState("statestore").StartAsync())
        {
            directory = sidecar.Instance.Options.AppDirectory;
            Assert.True(Directory.Exists(directory));
        }

        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task A_second_sidecar_is_ready_within_well_under_a_second()
    {
        await using (await TestSidecar.For("warm").WithoutApp().WithInMemoryState("statestore").StartAsync())
        {
        }

        var best = TimeSpan.MaxValue;
        for (var run = 0; run < 5; run++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var sidecar = await TestSidecar.For("orders").WithoutApp().WithInMemoryState("statestore").StartAsync();
            await sidecar.WaitUntilReadyAsync().WaitAsync(s_patience);
            best = new[] { best, Stopwatch.GetElapsedTime(started) }.Min();
        }

        Assert.InRange(best.TotalMilliseconds, 0, 300);
    }
}
