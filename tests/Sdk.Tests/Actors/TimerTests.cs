using System.Net;
using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace Sdk.Tests.Actors;

public sealed class TimerTests
{
    [Fact]
    public async Task Reminders_are_registered_with_durations_repetitions_and_an_end()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.AlarmOf("a").SetAsync("hi");
        await world.AlarmOf("a").SetForAWhileAsync();

        var sent = world.Calls.Where(call => call.Path.Contains("/reminders/", StringComparison.Ordinal)).ToDictionary(call => call.Path.Split('/')[^1]);
        Assert.All(sent.Values, call => Assert.Equal(("PUT", "application/json; charset=utf-8"), (call.Method, call.Headers["Content-Type"])));
        Assert.Equal("""{"dueTime":"25h0m0s0ms","period":"0h0m1s500ms","data":"aGk="}""", sent["wake"].Text);
        Assert.Equal("""{"dueTime":"0h0m0s0ms","period":"R3/PT5S","data":""}""", sent["three-times"].Text);
        Assert.Equal("""{"dueTime":"0h0m0s0ms","period":"R2/PT26H3M4S","data":"","ttl":"24h0m0s0ms"}""", sent["a-day"].Text);
        Assert.Equal("""{"dueTime":"0h0m1s0ms","period":"","data":"","ttl":"0h1m0s0ms"}""", sent["once"].Text);
    }

    [Theory]
    [InlineData("""{"actorID":"a","actorType":"Alarm","data":"aGk=","dueTime":"1h0m0s0ms","period":"0h0m5s0ms"}""", "wake 01:00:00 00:00:05 2")]
    [InlineData("""{"data":"aGk=","dueTime":"1.5s","period":"R3/PT5S"}""", "wake 00:00:01.5000000 00:00:05 2")]
    [InlineData("""{"data":{"a":1},"dueTime":"PT2M","period":"@every 15m"}""", "wake 00:02:00 00:15:00 7")]
    [InlineData("""{"dueTime":"2001-02-03T04:05:06Z"}""", "wake 00:00:00 -00:00:00.0010000 0")]
    [InlineData(null, null)]
    public async Task A_reminder_is_read_in_every_form_that_a_sidecar_writes(string? answer, string? expected)
    {
        await using var world = await ActorWorld.StartAsync();
        world.Reminder = answer;

        Assert.Equal(expected, await world.AlarmOf("a").LookAsync("wake"));
    }

    [Fact]
    public async Task A_due_reminder_is_a_turn()
    {
        await using var world = await ActorWorld.StartAsync();

        using var response = await world.PutAsync("/actors/Alarm/a/method/remind/wake", """{"data":"aGk=","dueTime":"1h0m0s0ms","period":""}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["wake: hi after 01:00:00, every -00:00:00.0010000"], world.Diary.Entries);
        Assert.Equal("\"wake\"", world.State["Alarm/a/reminded"]);
    }

    [Fact]
    public async Task A_reminder_for_an_actor_that_takes_none_wakes_nobody()
    {
        await using var world = await ActorWorld.StartAsync();

        using var response = await world.PutAsync("/actors/Counter/c/method/remind/wake", "{}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(world.Diary.Entries);
    }

    [Fact]
    public async Task A_timer_names_its_method()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.AlarmOf("a").TickAsync("OnTick");

        var call = Assert.Single(world.CallsOf("/timers/tick"));
        Assert.Equal(("PUT", "/v1.0/actors/Alarm/a/timers/tick"), (call.Method, call.Path));
        Assert.Equal("""{"dueTime":"0h0m3s0ms","period":"0h2m0s0ms","data":"dA==","callback":"OnTick","ttl":"1h0m0s0ms"}""", call.Text);
    }

    [Theory]
    [InlineData("Nothing", "does not exist in the Actor class: Alarm")]
    [InlineData("TwoArguments", "Timer callback can accept only zero or one parameters")]
    [InlineData("NoTask", "Timer callback can only return type Task")]
    [InlineData("Twice", "cannot be overloaded")]
    public async Task A_timer_for_a_method_that_cannot_be_called_is_refused(string callback, string why)
    {
        await using var world = await ActorWorld.StartAsync();

        var error = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => world.AlarmOf("a").TickAsync(callback));

        Assert.Contains(why, error.InnerException!.Message, StringComparison.Ordinal);
        Assert.Empty(world.CallsOf("/timers/tick"));
    }

    [Fact]
    public async Task A_due_timer_calls_its_method_which_may_end_it()
    {
        await using var world = await ActorWorld.StartAsync();

        using var goesOn = await world.PutAsync("/actors/Alarm/a/method/timer/tick", """{"callback":"OnTick","data":"dA==","dueTime":"0h0m3s0ms","period":"0h2m0s0ms"}""");
        using var ends = await world.PutAsync("/actors/Alarm/a/method/timer/tick", """{"callback":"OnLastTick"}""");
        using var fails = await world.PutAsync("/actors/Alarm/a/method/timer/tick", """{"callback":"OnBrokenTick"}""");

        Assert.Equal(["tick t", "last tick"], world.Diary.Entries);
        Assert.Equal(("false", "true"), (await goesOn.Content.ReadAsStringAsync(), await ends.Content.ReadAsStringAsync()));
        Assert.False(goesOn.Headers.Contains("X-DaprReminderCancel"));
        Assert.Equal("true", ends.Headers.GetValues("X-DaprReminderCancel").Single());
        Assert.Equal(HttpStatusCode.InternalServerError, fails.StatusCode);
    }

    [Fact]
    public async Task Timers_and_reminders_are_forgotten_by_name()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.AlarmOf("a").ForgetAsync();

        Assert.Equal(
            ["/v1.0/actors/Alarm/a/reminders/wake", "/v1.0/actors/Alarm/a/timers/tick"], world.Calls.Where(call => call.Method == "DELETE").Select(call => call.Path));
    }

    [Fact]
    public void Times_that_cannot_be_are_refused()
    {
        var id = new ActorId("a");

        Assert.Throws<ArgumentOutOfRangeException>(() => new ActorReminder("Alarm", id, "r", null, TimeSpan.FromSeconds(-1), TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ActorReminder("Alarm", id, "r", null, TimeSpan.Zero, TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ActorTimer("Alarm", id, "t", "OnTick", null, TimeSpan.FromSeconds(2), TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    }
}
