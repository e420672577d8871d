using System.Net;
using static Sidecar.Tests.Actors.ActorCallTests;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Actors;

public sealed class ActorTimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ActorApp _app = null!;
    private ActorPlace _place = null!;

    private HttpClient Client => _place.Client();

    public async Task InitializeAsync()
    {
        _app = await ActorApp.StartAsync("""{"entities":["Counter"],"actorIdleTimeout":"10m"}""");
        _place = await ActorPlace.StartAsync(("shop", _app));
    }

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_timer_ticks_when_it_is_due_and_then_every_period()
    {
        await SetAsync("t", """{"dueTime":"2s","period":"10s","callback":"onTick","data":{"n":1}}""");
        _place.Clock.Advance(Second);
        Assert.Empty(_app.Calls);

        _place.Clock.Advance(Second);
        var first = await _app.NextAsync();
        await TickedAsync(10 * Second);
        _place.Clock.Advance(10 * Second);
        var second = await _app.NextAsync();

        Assert.Equal("PUT /actors/Counter/c/method/timer/t", first.ToString());
        Assert.Equal("""{"data":{"n":1},"callback":"onTick","dueTime":"2s","period":"10s"}""", first.Body);
        Assert.Equal((first.Body, "application/json"), (second.Body, second.Headers.ContentType.ToString()));
    }

    [Theory]
    [InlineData("""{"dueTime":"1s"}""", 1)]
    [InlineData("""{"dueTime":"1s","period":"0h0m0s0ms"}""", 1)]
    [InlineData("""{"dueTime":"1s","period":"R3/PT1S"}""", 3)]
    [InlineData("""{"dueTime":"PT1S","period":"1s","ttl":"2s"}""", 3)]
    public async Task A_timer_ends_after_its_repetitions_or_its_time_to_live(string timer, int ticks)
    {
        await SetAsync("t", timer);
        for (var i = 1; i <= ticks; i++)
        {
            await TickedAsync(Second);
            _place.Clock.Advance(Second);
            await _app.WaitForCallsAsync(i);
        }

        // An actor is idle once its last call has ended; then nothing of the timer is left to fire.
        using var last = await Client.PutAsync("actors/Counter/c/method/last", null);
        _place.Clock.Advance(10 * Second);
        using var after = await Client.PutAsync("actors/Counter/c/method/after", null);

        Assert.Equal(ticks + 2, _app.Calls.Count);
    }

    [Fact]
    public async Task A_failing_timer_goes_on()
    {
        _app.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await SetAsync("t", """{"dueTime":"1s","period":"1s"}""");

        for (var i = 1; i <= 3; i++)
        {
            await TickedAsync(Second);
            _place.Clock.Advance(Second);
            await _app.WaitForCallsAsync(i);
        }
    }

    [Fact]
    public async Task A_timer_is_replaced_removed_and_stopped_by_its_app()
    {
        _app.Answer = (call, http) =>
        {
            if (call.Path.EndsWith("/stops", StringComparison.Ordinal))
                http.Response.Headers["X-DaprReminderCancel"] = "true";
            return Task.CompletedTask;
        };
        await SetAsync("replaced", """{"dueTime":"1s","data":1}""");
        await SetAsync("replaced", """{"dueTime":"2s","data":2}""");
        await SetAsync("removed", """{"dueTime":"1s"}""");
        await SetAsync("stops", """{"dueTime":"1s","period":"1s"}""");
        using var removed = await Client.DeleteAsync("actors/Counter/c/timers/removed");
        using var missing = await Client.DeleteAsync("actors/Counter/c/timers/never-was");

        _place.Clock.Advance(Second);
        var stops = await _app.NextAsync();
        _place.Clock.Advance(Second);
        var replaced = await _app.NextAsync();
        using var last = await Client.PutAsync("actors/Counter/c/method/last", null);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (removed.StatusCode, missing.StatusCode));
        Assert.EndsWith("/stops", stops.Path, StringComparison.Ordinal);
        Assert.Equal("""{"data":2,"callback":"","dueTime":"2s","period":""}""", replaced.Body);
        Assert.Equal(3, _app.Calls.Count);
    }

    [Fact]
    public async Task Timers_go_with_their_actor()
    {
        await SetAsync("t", """{"dueTime":"20m","period":"20m"}""");

        _place.Clock.Advance(TimeSpan.FromMinutes(10));
        var deactivation = await _app.NextAsync();
        await ActorPlace.UntilAsync(async () => await _place.ActiveAsync() == "Counter=0");
        _place.Clock.Advance(TimeSpan.FromMinutes(30));
        using var after = await Client.PutAsync("actors/Counter/c/method/after", null);

        Assert.Equal("DELETE /actors/Counter/c", deactivation.ToString());
        Assert.EndsWith("/method/after", (await _app.NextAsync()).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("[]", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""{"dueTime":5}""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""{"dueTime":"soon"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData("""{"dueTime":"1s","period":"R0/PT1S"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData("""{"dueTime":"1s","period":"often"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData("""{"dueTime":"1s","period":"5"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData("""{"dueTime":"1s","ttl":"2000-01-01T00:00:00Z"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    public async Task A_bad_timer_is_refused(string body, int status, string code)
    {
        using var response = await Client.PostAsync("actors/Counter/c/timers/t", Json(body));

        await IsErrorAsync(response, status, code);
    }

    [Fact]
    public async Task A_timer_of_a_type_that_is_not_hosted_here_is_refused()
    {
        using var response = await Client.PostAsync("actors/Other/c/timers/t", Json("{}"));

        await IsErrorAsync(response, 500, "ERR_ACTOR_TIMER_CREATE", "error creating actor timer: can't create timer for actor Other||c: actor type not registered");
    }

    /// <summary>Waits until the next tick is set.</summary>
    private Task TickedAsync(TimeSpan within) => _place.Clock.WaitForTimerAsync(within).WaitAsync(ActorApp.Patience);

    private async Task SetAsync(string name, string body)
    {
        using var response = await Client.PostAsync($"actors/Counter/c/timers/{name}", Json(body));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
