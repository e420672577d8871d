using System.Net;
using System.Text.Json.Nodes;

namespace Sidecar.Tests.Actors;

public sealed class ActorLifeTests
{
    [Fact]
    public async Task An_idle_actor_is_deactivated_and_a_used_one_is_not()
    {
        await using var app = await ActorApp.StartAsync("""{"entities":["Counter"],"actorIdleTimeout":"10m"}""");
        await using var place = await ActorPlace.StartAsync(("shop", app));
        await CallAsync(place, "Counter", "idle");
        await CallAsync(place, "Counter", "used");
        place.Clock.Advance(TimeSpan.FromMinutes(6));
        await CallAsync(place, "Counter", "used");
        Assert.Equal("Counter=2", await place.ActiveAsync());

        place.Clock.Advance(TimeSpan.FromMinutes(6));
        await ActorPlace.UntilAsync(async () => await place.ActiveAsync() == "Counter=1");
        place.Clock.Advance(TimeSpan.FromMinutes(10));
        await ActorPlace.UntilAsync(async () => await place.ActiveAsync() == "Counter=0");

        Assert.Equal(["DELETE /actors/Counter/idle", "DELETE /actors/Counter/used"], app.Calls.Where(call => call.Method == "DELETE").Select(call => call.ToString()));
    }

    [Fact]
    public async Task Settings_of_one_type_take_the_place_of_the_general_ones()
    {
        await using var app = await ActorApp.StartAsync("""
            {"entities":["Quick","Slow"],"actorIdleTimeout":"0h10m0s0ms","reentrancy":{"enabled":true},
             "entitiesConfig":[{"entities":["Slow","NotHosted"],"drainOngoingCallTimeout":"5s"}]}
            """);
        await using var place = await ActorPlace.StartAsync(("shop", app));
        await CallAsync(place, "Quick", "a");
        await CallAsync(place, "Slow", "a");

        place.Clock.Advance(TimeSpan.FromMinutes(59));
        await ActorPlace.UntilAsync(async () => await place.ActiveAsync() == "Quick=0 Slow=1");

        Assert.Equal([true, false], app.Calls.Where(call => call.Method == "PUT").Select(call => call.Headers.ContainsKey("Dapr-Reentrancy-Id")));
    }

    [Fact]
    public async Task A_deactivated_actor_is_active_again_at_its_next_call()
    {
        await using var app = await ActorApp.StartAsync();
        var door = new TaskCompletionSource();
        app.Answer = (call, _) => call.Method == "DELETE" ? door.Task : Task.CompletedTask;
        await using var place = await ActorPlace.StartAsync(("shop", app));
        await CallAsync(place, "Counter", "a");
        place.Clock.Advance(TimeSpan.FromMinutes(60));
        await app.WaitForCallsAsync(2);

        var calling = CallAsync(place, "Counter", "a");
        await ActorPlace.UntilAsync(async () => await place.ActiveAsync() == "Counter=1");
        Assert.Equal(2, app.Calls.Count);
        door.SetResult();
        await calling;

        Assert.Equal(["PUT", "DELETE", "PUT"], app.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task Actors_spread_over_the_hosts_of_their_type_and_each_is_in_one_place()
    {
        await using var first = await ActorApp.StartAsync();
        await using var second = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("shop", first), ("shop", second), ("caller", null));

        for (var i = 0; i < 60; i++)
            await CallAsync(place, "Counter", $"{i / 3}", i % 3);

        Assert.True(!first.Calls.IsEmpty && !second.Calls.IsEmpty, $"{first.Calls.Count} and {second.Calls.Count}");
        Assert.Equal(20, Actors(first).Count + Actors(second).Count);
        Assert.Equal(60, first.Calls.Count + second.Calls.Count);
        Assert.Equal($"Counter={Actors(first).Count}", await place.ActiveAsync());
        Assert.Equal("", await place.ActiveAsync(2));

        static HashSet<string> Actors(ActorApp app) => [.. app.Calls.Select(call => call.Path)];
    }

    [Fact]
    public async Task When_a_host_stops_its_actors_move_after_their_calls_have_ended()
    {
        await using var first = await ActorApp.StartAsync();
        await using var second = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("shop", first), ("shop", second));
        var id = "";
        for (var i = 0; first.Calls.IsEmpty; i++)
            await CallAsync(place, "Counter", id = $"{i}");
        var door = new TaskCompletionSource();
        first.Answer = (call, _) => call.Method == "PUT" ? door.Task : Task.CompletedTask;
        var (before, there) = (first.Calls.Count, second.Calls.Count);

        var underWay = CallAsync(place, "Counter", id, sidecar: 1);
        await first.WaitForCallsAsync(before + 1);
        var stopping = place.Host.Sidecars[0].StopAsync();
        // The time to drain runs from when the actor takes no more calls.
        await place.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(2));
        var next = CallAsync(place, "Counter", id, sidecar: 1);
        door.SetResult();
        await underWay;
        await stopping;
        await next;

        Assert.Equal($"DELETE /actors/Counter/{id}", first.Calls.Last().ToString());
        Assert.Equal(there + 1, second.Calls.Count);
    }

    [Fact]
    public async Task A_call_that_goes_on_too_long_is_cut_off_when_its_host_stops()
    {
        await using var app = await ActorApp.StartAsync("""{"entities":["Counter"],"drainOngoingCallTimeout":"3s"}""");
        await using var place = await ActorPlace.StartAsync(("shop", app), ("caller", null));
        app.Answer = (call, http) => call.Method == "PUT" ? Task.Delay(Timeout.Infinite, http.RequestAborted) : Task.CompletedTask;
        var calling = place.Client(1).PutAsync("actors/Counter/a/method/m", null);
        await app.WaitForCallsAsync(1);

        var stopping = place.Host.Sidecars[0].StopAsync();
        await place.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(3));
        place.Clock.Advance(TimeSpan.FromSeconds(3));
        using var response = await calling;
        await stopping;

        await ActorCallTests.IsErrorAsync(response, 500, "ERR_ACTOR_INVOKE_METHOD", "error invoke actor method: actor Counter/a was deactivated before the call ended");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"entities":["Counter"],"actorIdleTimeout":"a while"}""")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task An_app_without_a_usable_configuration_hosts_nothing(string config)
    {
        await using var app = await ActorApp.StartAsync(config);
        await using var place = await ActorPlace.StartAsync(("shop", app));

        Assert.Equal("", await place.ActiveAsync());
    }

    [Fact]
    public async Task The_metadata_shows_the_runtime_and_its_actors()
    {
        await using var app = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("shop", app));
        await CallAsync(place, "Counter", "a");

        var metadata = JsonNode.Parse(await place.Client().GetStringAsync("metadata"))!;

        Assert.Equal("""[{"type":"Counter","count":1}]""", metadata["actors"]!.ToJsonString());
        Assert.Equal(
            """{"runtimeStatus":"RUNNING","hostReady":true,"placement":"placement: connected","activeActors":[{"type":"Counter","count":1}]}""",
            metadata["actorRuntime"]!.ToJsonString());
    }

    private static async Task CallAsync(ActorPlace place, string type, string id, int sidecar = 0)
    {
        using var response = await place.Client(sidecar).PutAsync($"actors/{type}/{id}/method/m", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
