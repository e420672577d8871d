using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Faults;
using Sidecar.Testing;

namespace Sidecar.Tests.Faults;

/// <summary>What strikes at a fault point, as the app and its callers see it.</summary>
public sealed class FaultPointTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_a_key_passes_is_recorded_in_order()
    {
        await using var place = await FaultPlace.OpenAsync(app => app.MapPost("/paid", () => Results.Ok()));
        place.Points.Arm([FaultPlace.Key], []);

        await SaveAsync(place, FaultPlace.Key);
        await SaveAsync(place, "somebody-else");
        await PublishAsync(place, "first");
        await place.Sidecar.WaitForDeliveriesAsync().WaitAsync(s_patience);

        Assert.Equal(
            [
                "orders/state.save/before", "orders/state.save/after",
                "orders/publish:com.dapr.event.sent/before", "orders/publish:com.dapr.event.sent/after",
                "orders/delivery:com.dapr.event.sent/before", "orders/delivery:com.dapr.event.sent/after",
            ],
            place.Points.Standings(withPassages: true).Keys.Single().Passages!.OrderBy(point => point.Contains("delivery", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(FaultKind.Fail, HttpStatusCode.InternalServerError)]
    [InlineData(FaultKind.DiskFull, HttpStatusCode.InternalServerError)]
    [InlineData(FaultKind.Conflict, HttpStatusCode.Conflict)]
    public async Task A_refused_change_is_not_made_and_works_when_the_fault_is_over(FaultKind kind, HttpStatusCode answer)
    {
        await using var place = await FaultPlace.OpenAsync();
        place.Arm(kind, "orders/state.save/before", fault => fault with { Times = 2 });

        Assert.Equal(answer, await SaveAsync(place, FaultPlace.Key));
        Assert.Equal(answer, await SaveAsync(place, FaultPlace.Key));
        Assert.Equal(HttpStatusCode.NoContent, (await place.Sidecar.Http.GetAsync(FaultPlace.At($"v1.0/state/statestore/{FaultPlace.Key}"))).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync(place, FaultPlace.Key));
    }

    [Fact]
    public async Task A_lost_answer_is_an_error_for_a_change_that_was_made()
    {
        await using var place = await FaultPlace.OpenAsync();
        place.Arm(FaultKind.LoseAnswer, "orders/state.save/after");

        Assert.Equal(HttpStatusCode.InternalServerError, await SaveAsync(place, FaultPlace.Key));

        Assert.Equal("1", await place.Sidecar.Http.GetStringAsync(FaultPlace.At($"v1.0/state/statestore/{FaultPlace.Key}")));
    }

    [Fact]
    public async Task A_fault_waits_for_its_passage_and_leaves_other_keys_alone()
    {
        await using var place = await FaultPlace.OpenAsync();
        place.Arm(FaultKind.Fail, "orders/state.save/before", fault => fault with { Passage = 2 });

        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync(place, FaultPlace.Key));
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync(place, "somebody-else"));
        Assert.Equal(HttpStatusCode.InternalServerError, await SaveAsync(place, FaultPlace.Key));
        Assert.Equal(new FaultStanding("the fault", 1, Held: false), place.Points.Standings(false).Faults.Single());
    }

    [Theory]
    [InlineData(FaultKind.Twice, "first first second")]
    [InlineData(FaultKind.Late, "second first")]
    public async Task A_delivery_comes_twice_or_behind_the_next(FaultKind kind, string expected)
    {
        var seen = new ConcurrentQueue<string>();
        await using var place = await FaultPlace.OpenAsync(app => app.MapPost("/paid", (Received received) => seen.Enqueue(received.Data.What)));
        place.Arm(kind, "orders/delivery:com.dapr.event.sent/before", fault => fault with { Milliseconds = 300 });

        await PublishAsync(place, "first");
        await PublishAsync(place, "second");

        var wanted = expected.Split(' ').Length;
        await FaultPlace.UntilAsync(() => seen.Count >= wanted);
        Assert.Equal(expected, string.Join(' ', seen));
    }

    [Fact]
    public async Task An_acknowledgement_that_is_lost_brings_the_delivery_again()
    {
        await using var place = await FaultPlace.OpenAsync(app => app.MapPost("/paid", () => Results.Ok()));
        place.Arm(FaultKind.LoseAnswer, "orders/delivery:com.dapr.event.sent/after");

        await PublishAsync(place, "first");

        await FaultPlace.UntilAsync(() => place.Sidecar.Calls.All.Count(call => call is { Path: "/paid", Status: 200 }) == 2);
    }

    [Fact]
    public async Task A_called_app_does_not_hear_a_refused_call_and_works_though_its_answer_is_lost()
    {
        var calls = 0;
        await using var place = await FaultPlace.OpenAsync(app => app.MapPost("/pay", () => Interlocked.Increment(ref calls)));
        place.Arm(FaultKind.Fail, "orders/invoke:orders/before");
        place.Arm(FaultKind.LoseAnswer, "orders/invoke:orders/after");

        Assert.Equal(HttpStatusCode.InternalServerError, await InvokeAsync(place));
        Assert.Equal(0, calls);
        Assert.Equal(HttpStatusCode.InternalServerError, await InvokeAsync(place));
        Assert.Equal(1, calls);
        Assert.Equal(HttpStatusCode.OK, await InvokeAsync(place));
    }

    [Fact]
    public async Task Without_the_option_no_port_of_a_sidecar_knows_of_faults()
    {
        await using var sidecar = await TestSidecar.For("orders").WithoutApp().WithInMemoryState("statestore").StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await sidecar.Http.GetAsync(FaultPlace.At("faults"))).StatusCode);
        Assert.Null(sidecar.Instance.Context.Faults);
    }

    private static async Task<HttpStatusCode> SaveAsync(FaultPlace place, string key) =>
        (await place.Sidecar.Http.PostAsJsonAsync(FaultPlace.At("v1.0/state/statestore"), new[] { new { key, value = 1 } })).StatusCode;

    private static Task<HttpResponseMessage> PublishAsync(FaultPlace place, string what) =>
        place.Sidecar.Http.PostAsJsonAsync(FaultPlace.At("v1.0/publish/pubsub/paid?metadata.partitionKey=1"), new { order = FaultPlace.Key, what });

    private static async Task<HttpStatusCode> InvokeAsync(FaultPlace place) =>
        (await place.Sidecar.Http.PostAsync(FaultPlace.At($"v1.0/invoke/orders/method/pay?order={FaultPlace.Key}"), new StringContent(FaultPlace.Key))).StatusCode;

    private sealed record Received(Paid Data);

    private sealed record Paid(string Order, string What);
}
