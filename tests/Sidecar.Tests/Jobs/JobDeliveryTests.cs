using System.Net;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.Errors;

namespace Sidecar.Tests.Jobs;

public sealed class JobDeliveryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static Job Once(string name = "once", string dueTime = "10s") => new() { Name = name, DueTime = dueTime };

    [Fact]
    public async Task A_repeated_job_triggers_as_often_as_it_says()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        await block.ScheduleAsync(new Job { Name = "r", Schedule = "@every 1m", Repeats = 3 }, overwrite: false, default);

        for (var i = 0; i < 3; i++)
        {
            place.Clock.Step(TimeSpan.FromMinutes(1));
            await place.App.NextAsync();
        }

        await JobPlace.UntilAsync(async () => (await block.ListAsync(default)).Count == 0);
        place.Clock.Step(TimeSpan.FromHours(1));
        Assert.Equal(3, place.App.Requests.Count);
    }

    [Fact]
    public async Task Data_from_HTTP_arrives_as_its_JSON_and_other_data_as_its_bytes()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        var data = Any.Pack(Value.Parser.ParseJson("""{"order":7,"tags":["a",null,true],"price":1.5}"""));
        await block.ScheduleAsync(new Job { Name = "json", DueTime = "1s", Data = data }, overwrite: false, default);
        await block.ScheduleAsync(
            new Job { Name = "raw", DueTime = "2s", Data = new Any { TypeUrl = "dapr.io/schedule/jobpayload", Value = ByteString.CopyFromUtf8(" {\"x\": 1}\n") } }, overwrite: false, default);

        place.Clock.Step(Second);
        var json = await place.App.NextAsync();
        place.Clock.Step(Second);
        var raw = await place.App.NextAsync();

        Assert.Equal("""{"order":7,"tags":["a",null,true],"price":1.5}""", json.Body);
        Assert.Equal("{\"x\": 1}", raw.Body);
    }

    [Fact]
    public async Task A_failing_trigger_is_tried_three_times_more_a_second_apart_and_then_given_up()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        place.App.Answer = () => HttpStatusCode.InternalServerError;
        await block.ScheduleAsync(Once(), overwrite: false, default);

        place.Clock.Step(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 4; i++)
        {
            await place.App.NextAsync();
            await JobPlace.UntilAsync(async () =>
            {
                place.Clock.Step(TimeSpan.FromMilliseconds(100));
                return place.App.Requests.Count > i + 1 || (await block.ListAsync(default)).Count == 0;
            });
        }

        place.Clock.Step(TimeSpan.FromMinutes(1));
        Assert.Equal(4, place.App.Requests.Count);
    }

    [Fact]
    public async Task The_drop_policy_tries_once()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        place.App.Answer = () => HttpStatusCode.InternalServerError;
        var job = Once();
        job.FailurePolicy = new JobFailurePolicy { Drop = new JobFailurePolicyDrop() };
        await block.ScheduleAsync(job, overwrite: false, default);

        place.Clock.Step(TimeSpan.FromSeconds(10));
        await place.App.NextAsync();
        await JobPlace.UntilAsync(async () => (await block.ListAsync(default)).Count == 0);

        Assert.Single(place.App.Requests);
    }

    [Fact]
    public async Task A_job_waits_while_its_app_is_not_healthy_or_cannot_be_reached()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        place.App.IsHealthy = false;
        await block.ScheduleAsync(Once(), overwrite: false, default);
        place.Clock.Step(TimeSpan.FromHours(1));
        Assert.Empty(place.App.Requests);

        place.App.Answer = () => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        place.App.IsHealthy = true;
        for (var i = 0; i < 10; i++)
        {
            await place.App.NextAsync();
            if (i < 9)
            {
                await JobPlace.UntilAsync(() =>
                {
                    place.Clock.Step(TimeSpan.FromMilliseconds(100));
                    return Task.FromResult(place.App.Requests.Count > i + 1);
                });
            }
        }

        Assert.Single(await block.ListAsync(default));
    }

    [Fact]
    public async Task A_job_that_came_due_while_everything_was_down_triggers_after_the_restart()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        await block.ScheduleAsync(Once("deadline", "5m"), overwrite: false, default);
        await block.ScheduleAsync(new Job { Name = "tick", Schedule = "@every 1m" }, overwrite: false, default);
        await place.StopHostAsync();
        place.Clock.Step(TimeSpan.FromHours(2));
        Assert.Empty(place.App.Requests);

        block = await place.StartAsync();
        var paths = new[] { (await place.App.NextAsync()).Path, (await place.App.NextAsync()).Path };
        await JobPlace.UntilAsync(async () => (await block.ListAsync(default)).Count == 1);

        Assert.Equal(["/job/deadline", "/job/tick"], paths.Order());
        Assert.Equal(2, place.App.Requests.Count);
    }

    [Fact]
    public async Task Two_sidecars_of_one_app_deliver_a_trigger_once_and_stand_in_for_each_other()
    {
        await using var place = await JobPlace.CreateAsync();
        var other = new FakeApp();
        var first = await place.StartAsync();
        var second = await place.StartAsync(other);
        await first.ScheduleAsync(Once(), overwrite: false, default);
        Assert.Equal("once", (await second.GetAsync("once", default)).Name);

        place.App.IsHealthy = false;
        place.Clock.Step(TimeSpan.FromSeconds(10));
        await other.NextAsync();
        await JobPlace.UntilAsync(async () => (await second.ListAsync(default)).Count == 0);

        Assert.Empty(place.App.Requests);
        Assert.Single(other.Requests);
    }

    [Fact]
    public async Task A_taken_name_is_refused_unless_overwritten()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        await block.ScheduleAsync(Once(), overwrite: false, default);

        var error = await Assert.ThrowsAsync<DaprApiException>(() => block.ScheduleAsync(Once(dueTime: "1m"), overwrite: false, default));
        await block.ScheduleAsync(Once(dueTime: "1m"), overwrite: true, default);
        place.Clock.Step(TimeSpan.FromSeconds(30));
        Assert.Empty(place.App.Requests);
        place.Clock.Step(TimeSpan.FromSeconds(30));
        await place.App.NextAsync();

        Assert.Equal((409, 6, "DAPR_SCHEDULER_SCHEDULE_JOB"), (error.HttpStatus, error.GrpcStatus, error.Reason));
    }

    [Fact]
    public async Task Deleted_jobs_do_not_trigger()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();
        foreach (var name in (string[])["order-1", "order-2", "other"])
        {
            await block.ScheduleAsync(Once(name), overwrite: false, default);
        }

        await block.DeleteByPrefixAsync("order-", default);
        await block.DeleteAsync("never-was", default);
        place.Clock.Step(TimeSpan.FromSeconds(10));

        Assert.Equal("/job/other", (await place.App.NextAsync()).Path);
        Assert.Single(place.App.Requests);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        await using var place = await JobPlace.CreateAsync();
        var block = await place.StartAsync();

        var noSchedule = await Assert.ThrowsAsync<DaprApiException>(() => block.ScheduleAsync(new Job { Name = "j" }, overwrite: false, default));
        var noName = await Assert.ThrowsAsync<DaprApiException>(() => block.ScheduleAsync(new Job { DueTime = "1s" }, overwrite: false, default));
        var unknown = await Assert.ThrowsAsync<DaprApiException>(() => block.GetAsync("nobody", default));

        Assert.Equal((400, "DAPR_SCHEDULER_SCHEDULE_EMPTY"), (noSchedule.HttpStatus, noSchedule.ErrorCode));
        Assert.Equal((400, "DAPR_SCHEDULER_JOB_NAME_EMPTY"), (noName.HttpStatus, noName.ErrorCode));
        Assert.Equal((500, 13, "DAPR_SCHEDULER_GET_JOB"), (unknown.HttpStatus, unknown.GrpcStatus, unknown.ErrorCode));
    }
}
