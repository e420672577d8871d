using System.Net;
using System.Text.Json.Nodes;
using static Sidecar.Tests.Actors.ActorCallTests;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Actors;

public sealed class ActorReminderTests : IAsyncLifetime
{
    private const string Reminders = "actors/Counter/c/reminders";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ActorApp _app = null!;
    private ActorPlace _place = null!;

    private HttpClient Client => _place.Client();

    public async Task InitializeAsync()
    {
        _app = await ActorApp.StartAsync();
        _place = await ActorPlace.StartAsync(("shop", _app));
    }

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_reminder_wakes_its_actor_when_it_is_due_and_then_every_period()
    {
        await SetAsync("r", """{"dueTime":"1h","period":"R2/PT10S","data":"aGVsbG8="}""");
        Assert.Equal("Counter=0", await _place.ActiveAsync());

        _place.Clock.Advance(TimeSpan.FromHours(1));
        var first = await _app.NextAsync();
        await ArmedAsync(10 * Second);
        _place.Clock.Advance(10 * Second);
        var second = await _app.NextAsync();
        await GoneAsync("r");

        Assert.Equal("PUT /actors/Counter/c/method/remind/r", first.ToString());
        Assert.Equal("""{"data":"aGVsbG8=","dueTime":"","period":""}""", first.Body);
        Assert.Equal(first.Body, second.Body);
        Assert.Empty(_place.Scheduler.Keys);
        Assert.Equal("Counter=1", await _place.ActiveAsync());
    }

    [Fact]
    public async Task A_reminder_is_shown_replaced_kept_and_deleted()
    {
        await SetAsync("r", """{"dueTime":"1h","period":"90s","ttl":"2h","data":{"n":1}}""");
        var shown = JsonNode.Parse(await Client.GetStringAsync($"{Reminders}/r"))!;
        using var kept = await Client.PostAsync($"{Reminders}/r", Json("""{"dueTime":"5h","overwrite":false}"""));
        await SetAsync("r", """{"dueTime":"6h"}""");
        var replaced = JsonNode.Parse(await Client.GetStringAsync($"{Reminders}/r"))!;
        using var deleted = await Client.DeleteAsync($"{Reminders}/r");
        using var again = await Client.DeleteAsync($"{Reminders}/r");
        using var missing = await Client.GetAsync($"{Reminders}/r");

        Assert.Equal("""{"n":1}""", shown["data"]!.ToJsonString());
        Assert.Equal(("c", "Counter", "1h", "@every 1m30s"), ((string?)shown["actorID"], (string?)shown["actorType"], (string?)shown["dueTime"], (string?)shown["period"]));
        Assert.Equal(_place.Clock.GetUtcNow().AddHours(3), (DateTimeOffset)shown["ttl"]!, Second);
        await IsErrorAsync(kept, 409, "ERR_ACTOR_REMINDER_ALREADY_EXISTS", "actor reminder already exists: r");
        Assert.Equal("6h", (string?)replaced["dueTime"]);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted.StatusCode, again.StatusCode));
        await IsErrorAsync(missing, 404, "ERR_ACTOR_REMINDER_NOT_FOUND");
    }

    [Fact]
    public async Task A_reminder_survives_the_host_and_ticks_late_if_it_must()
    {
        await SetAsync("late", """{"dueTime":"5m"}""");
        await SetAsync("tick", """{"dueTime":"5m","period":"1m","data":{ "b" : [ 7, "<a b>" ], "a": 1.50 }}""");
        await SetAsync("later", """{"dueTime":"24h"}""");
        await _place.StopHostAsync();
        _place.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(_app.Calls);

        await _place.StartHostAsync();
        var came = new[] { (await _app.NextAsync()).Path, (await _app.NextAsync()).Path };
        await ActorPlace.UntilAsync(() => _place.Scheduler.Keys.Count == 2);
        await ArmedAsync(TimeSpan.FromMinutes(1));
        _place.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["/actors/Counter/c/method/remind/late", "/actors/Counter/c/method/remind/tick"], came.Order());
        Assert.Equal("""{"data":{"b":[7,"\u003ca b\u003e"],"a":1.50},"dueTime":"","period":""}""", (await _app.NextAsync()).Body);
        using var later = await Client.GetAsync($"{Reminders}/later");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task A_failing_tick_is_tried_three_times_more_a_second_apart_and_the_next_one_comes_all_the_same()
    {
        _app.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await SetAsync("r", """{"dueTime":"1s","period":"1h"}""");
        var created = await VersionAsync();

        for (var i = 1; i <= 4; i++)
        {
            await ArmedAsync(Second);
            _place.Clock.Advance(Second);
            await _app.WaitForCallsAsync(i);
        }

        // Not a timer within the hour: the actor's idleness is one of those.
        await ActorPlace.UntilAsync(async () => await VersionAsync() != created);
        _place.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(4, _app.Calls.Count);
        _place.Clock.Advance(TimeSpan.FromHours(1));
        await _app.WaitForCallsAsync(5);
    }

    [Theory]
    [InlineData("""{"dueTime":"1s","failurePolicy":{"drop":{}}}""", 1)]
    [InlineData("""{"dueTime":"1s","failure_policy":{"constant":{"interval":"1s","maxRetries":1}}}""", 2)]
    public async Task A_failure_policy_says_how_often_a_tick_is_tried(string reminder, int tries)
    {
        _app.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await SetAsync("r", reminder);

        for (var i = 1; i <= tries; i++)
        {
            await ArmedAsync(Second);
            _place.Clock.Advance(Second);
            await _app.WaitForCallsAsync(i);
        }

        await GoneAsync("r");
        Assert.Equal(tries, _app.Calls.Count);
    }

    [Fact]
    public async Task The_app_stops_a_reminder_by_a_header()
    {
        _app.Answer = (_, http) =>
        {
            http.Response.Headers["X-DaprReminderCancel"] = "true";
            return Task.CompletedTask;
        };
        await SetAsync("r", """{"dueTime":"1s","period":"1s"}""");

        _place.Clock.Advance(Second);
        await _app.NextAsync();

        await GoneAsync("r");
    }

    [Theory]
    [InlineData("{", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""{"dueTime":"1s","overwrite":"no"}""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""{"dueTime":"1s","failurePolicy":{"sometimes":{}}}""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("{}", 500, "ERR_ACTOR_REMINDER_CREATE")]
    [InlineData("""{"dueTime":"soon"}""", 500, "ERR_ACTOR_REMINDER_CREATE")]
    [InlineData("""{"dueTime":"1s","period":"P1M"}""", 500, "ERR_ACTOR_REMINDER_CREATE")]
    [InlineData("""{"dueTime":"1s","period":"PT1S/R5"}""", 500, "ERR_ACTOR_REMINDER_CREATE")]
    [InlineData("""{"dueTime":"10s","ttl":"2000-01-01T00:00:00Z"}""", 500, "ERR_ACTOR_REMINDER_CREATE")]
    public async Task A_bad_reminder_is_refused(string body, int status, string code)
    {
        using var response = await Client.PostAsync($"{Reminders}/r", Json(body));

        await IsErrorAsync(response, status, code);
        Assert.Empty(_place.Scheduler.Keys);
    }

    [Fact]
    public async Task Reminders_of_types_that_are_not_hosted_here_are_refused()
    {
        using var set = await Client.PostAsync("actors/Other/c/reminders/r", Json("""{"dueTime":"1s"}"""));
        using var get = await Client.GetAsync("actors/Other/c/reminders/r");
        using var delete = await Client.DeleteAsync("actors/Other/c/reminders/r");
        using var slash = await Client.PostAsync($"{Reminders}/a%2Fb", Json("""{"dueTime":"1s"}"""));

        foreach (var response in (HttpResponseMessage[])[set, get, delete])
            await IsErrorAsync(response, 403, "ERR_ACTOR_REMINDER_NON_HOSTED", "operations on actor reminders are only possible on hosted actor types");
        await IsErrorAsync(slash, 400, "ERR_BAD_REQUEST");
    }

    /// <summary>Waits until the next tick is set.</summary>
    private Task ArmedAsync(TimeSpan within) => _place.Clock.WaitForTimerAsync(within).WaitAsync(ActorApp.Patience);

    /// <summary>Changes when a tick is noted on disk.</summary>
    private async Task<string> VersionAsync() => (await _place.Scheduler.GetAsync(Assert.Single(_place.Scheduler.Keys), default))!.ETag;

    private Task GoneAsync(string name) => ActorPlace.UntilAsync(async () => (await Client.GetAsync($"{Reminders}/{name}")).StatusCode == HttpStatusCode.NotFound);

    private async Task SetAsync(string name, string body)
    {
        using var response = await Client.PostAsync($"{Reminders}/{name}", Json(body));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
