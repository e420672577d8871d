using Dapr.Protocol.Runtime.V1;

namespace Sidecar.Tests.Jobs;

public sealed class JobScheduleTests
{
    [Theory]
    [InlineData("@every 1m30s", "2026-01-02T03:05:35Z")]
    [InlineData("@hourly", "2026-01-02T04:00:00Z")]
    [InlineData("@daily", "2026-01-03T00:00:00Z")]
    [InlineData("@weekly", "2026-01-04T00:00:00Z")]
    [InlineData("@monthly", "2026-02-01T00:00:00Z")]
    [InlineData("@yearly", "2027-01-01T00:00:00Z")]
    [InlineData("*/10 * * * * *", "2026-01-02T03:04:10Z")]
    [InlineData("0 30 3 * * *", "2026-01-02T03:30:00Z")]
    [InlineData("0 0 9 * * MON-FRI", "2026-01-02T09:00:00Z")]
    [InlineData("0 0 0 29 2 ?", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 0 13 * FRI", "2026-01-09T00:00:00Z")]
    [InlineData("5,7 4 3 2 1 *", "2026-01-02T03:04:07Z")]
    [InlineData("TZ=Europe/Berlin 0 0 5 * * *", "2026-01-02T04:00:00Z")]
    public async Task A_schedule_triggers_next_when_it_says(string schedule, string next)
    {
        await using var place = await JobPlace.CreateAsync(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var block = await place.StartAsync();
        await block.ScheduleAsync(new Job { Name = "j", Schedule = schedule, Repeats = 1 }, overwrite: false, default);
        var due = DateTimeOffset.Parse(next, System.Globalization.CultureInfo.InvariantCulture);

        place.Clock.StepTo(due.AddSeconds(-1));
        Assert.Empty(place.App.Requests);
        place.Clock.StepTo(due);

        Assert.Equal("/job/j", (await place.App.NextAsync()).Path);
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1h2m", 3720)]
    [InlineData("PT1M", 60)]
    [InlineData("P1D", 86400)]
    [InlineData("2026-01-02T03:04:15Z", 10)]
    public async Task A_due_time_is_a_point_in_time_or_a_duration(string dueTime, int seconds)
    {
        await using var place = await JobPlace.CreateAsync(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var block = await place.StartAsync();
        await block.ScheduleAsync(new Job { Name = "once", DueTime = dueTime }, overwrite: false, default);

        place.Clock.Step(TimeSpan.FromSeconds(seconds - 1));
        Assert.Empty(place.App.Requests);
        place.Clock.Step(TimeSpan.FromSeconds(1));
        await place.App.NextAsync();

        await JobPlace.UntilAsync(async () => (await block.ListAsync(default)).Count == 0);
    }

    [Theory]
    [InlineData("* * * * *", "expected exactly 6 fields")]
    [InlineData("61 * * * * *", "outside 0 to 59")]
    [InlineData("0 0 0 31 2 *", "never triggers")]
    [InlineData("@sometimes", "unrecognized descriptor")]
    [InlineData("@every soon", "failed to parse duration")]
    public async Task A_schedule_that_cannot_be_read_is_refused(string schedule, string why)
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();

        var error = await Assert.ThrowsAsync<Runtime.Errors.DaprApiException>(() => block.ScheduleAsync(new Job { Name = "j", Schedule = schedule }, overwrite: false, default));

        Assert.Equal((500, 13), (error.HttpStatus, error.GrpcStatus));
        Assert.Equal("DAPR_SCHEDULER_SCHEDULE_JOB", error.ErrorCode);
        Assert.StartsWith("failed to schedule job due to: rpc error: code = Unknown desc = job failed validation: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
