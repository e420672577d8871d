using Sidecar.Runtime.Hosting;
using Sidecar.Testing;

namespace Sidecar.Tests.Bindings;

/// <summary>Events of <c>bindings.cron</c> on their way to the app.</summary>
public sealed class InputBindingTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task An_app_is_asked_whether_it_wants_a_binding_and_gets_its_events_by_POST()
    {
        var clock = new TestClock(s_start);
        await using var sidecar = await TestSidecar.For("shop").WithComponent("nightly", "bindings.cron", ("schedule", "@every 15m")).StartAsync(clock);
        await using var app = await Answering.StartAsync(sidecar.AppPort);
        await sidecar.WaitUntilReadyAsync();

        Assert.Equal(("OPTIONS", "/nightly"), Line(await app.NextAsync()));
        for (var fired = 1; fired <= 2; fired++)
        {
            await clock.WaitForTimerAsync(TimeSpan.FromMinutes(15));
            clock.Advance(TimeSpan.FromMinutes(15));
            var came = await app.NextAsync();
            Assert.Equal(("POST", "/nightly"), Line(came));
            Assert.Empty(came.Body);
            Assert.Equal("Local", came.Headers["timeZone"]);
            Assert.StartsWith(s_start.AddMinutes(15 * fired).ToString("yyyy-MM-dd HH:mm:ss"), came.Headers["readTimeUTC"].ToString(), StringComparison.Ordinal);
            Assert.StartsWith("application/json", came.Headers.ContentType.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(405, true)]
    [InlineData(204, true)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    public async Task Only_2xx_and_405_mean_yes(int answer, bool wanted)
    {
        var clock = new TestClock(s_start);
        await using var sidecar = await TestSidecar.For("shop").WithComponent("tick", "bindings.cron", ("schedule", "@every 1s"), ("route", "/jobs/tick")).StartAsync(clock);
        await using var app = await Answering.StartAsync(sidecar.AppPort);
        app.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Method == "OPTIONS" ? answer : 200;
            return Task.CompletedTask;
        };
        await sidecar.WaitUntilReadyAsync();

        Assert.Equal(("OPTIONS", "/jobs/tick"), Line(await app.NextAsync()));
        Assert.Equal(wanted, clock.WaitForTimerAsync(TimeSpan.FromSeconds(1)).IsCompleted);
    }

    [Fact]
    public async Task A_binding_of_direction_input_does_not_ask_and_a_failed_event_does_not_stop_it()
    {
        var clock = new TestClock(s_start);
        await using var sidecar = await TestSidecar.For("shop")
            .WithComponent("tick", "bindings.cron", ("schedule", "0 * * * * *"), ("direction", "input")).StartAsync(clock);
        await using var app = await Answering.StartAsync(sidecar.AppPort);
        var failures = 1;
        app.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path == "/tick" && failures-- > 0 ? 500 : 200;
            return Task.CompletedTask;
        };
        await sidecar.WaitUntilReadyAsync();

        for (var fired = 0; fired < 2; fired++)
        {
            await clock.WaitForTimerAsync(TimeSpan.FromMinutes(1));
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(("POST", "/tick"), Line(await app.NextAsync()));
        }
    }

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("15 * * * * *")]
    [InlineData("TZ=Europe/London 0 30 3 * * *")]
    [InlineData("@hourly")]
    [InlineData("@every 1h30m")]
    public async Task Schedules_of_five_and_six_fields_and_descriptors_are_taken(string schedule)
    {
        await using var sidecar = await TestSidecar.For("shop").WithoutApp().WithComponent("tick", "bindings.cron", ("schedule", schedule)).StartAsync();
        Assert.Contains("INPUT_BINDING", await sidecar.Http.GetStringAsync("v1.0/metadata"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * *")]
    [InlineData("@sometimes")]
    public async Task What_is_no_schedule_is_refused_at_the_start(string schedule)
    {
        var refusal = await Assert.ThrowsAsync<SidecarStartException>(() => TestSidecar.For("shop").WithoutApp().WithComponent("tick", "bindings.cron", ("schedule", schedule)).StartAsync());
        Assert.Contains("'tick' (bindings.cron/v1)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'schedule'", refusal.Message, StringComparison.Ordinal);
    }

    private static (string Method, string Path) Line(Came came) => (came.Method, came.Path);
}
