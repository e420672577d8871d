using System.Globalization;
using Dapr;
using Dapr.Jobs.Extensions;
using Dapr.Jobs.Models;
using Dapr.Jobs.Models.Responses;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sdk.Tests.Sidecar;
using WirePolicy = Dapr.Protocol.Common.V1.JobFailurePolicy;

namespace Sdk.Tests.Jobs;

public sealed class JobsClientTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_point_in_time_is_a_due_time_without_schedule()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.ScheduleJob));
        using var client = sidecar.CreateJobsClient();

        await client.ScheduleJobAsync("expire-o-1", DaprJobSchedule.FromDateTime(Noon), "data"u8.ToArray(), overwrite: true);

        var request = sidecar.Only<ScheduleJobRequest>();
        Assert.Equal(("expire-o-1", Noon.ToString("O", CultureInfo.InvariantCulture), false), (request.Job.Name, request.Job.DueTime, request.Job.HasSchedule));
        Assert.Equal("data", request.Job.Data.Value.ToStringUtf8());
        Assert.True(request.Overwrite);
        Assert.Equal("jobs-token", Assert.Single(sidecar.Calls).Metadata.GetText("dapr-api-token"));
    }

    [Fact]
    public async Task A_recurring_job_carries_start_end_repeats_and_policy()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.ScheduleJob));
        using var client = sidecar.CreateJobsClient();
        var policy = new JobFailurePolicyConstantOptions(TimeSpan.FromSeconds(2)) { MaxRetries = 4 };

        await client.ScheduleJobAsync("report", DaprJobSchedule.Daily, null, Noon, 3, Noon.AddDays(9), failurePolicyOptions: policy);

        var job = sidecar.Only<ScheduleJobRequest>().Job;
        Assert.Equal(("@daily", 3u), (job.Schedule, job.Repeats));
        Assert.Null(job.Data);
        Assert.Equal(Noon.AddDays(9), DateTimeOffset.Parse(job.Ttl, CultureInfo.InvariantCulture));
        Assert.Equal((2L, 4u), (job.FailurePolicy.Constant.Interval.Seconds, job.FailurePolicy.Constant.MaxRetries));
    }

    [Fact]
    public async Task Payloads_go_as_json_or_as_text()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.ScheduleJob));
        using var client = sidecar.CreateJobsClient();

        await client.ScheduleJobWithPayloadAsync("a", DaprJobSchedule.Daily, new { OrderId = "o-1" });
        await client.ScheduleJobWithPayloadAsync("b", DaprJobSchedule.Daily, "plain", failurePolicyOptions: new JobFailurePolicyDropOptions());

        var jobs = sidecar.Calls.Select(call => ((ScheduleJobRequest)call.Request).Job).ToList();
        Assert.Equal(["""{"orderId":"o-1"}""", "plain"], jobs.Select(job => job.Data.Value.ToStringUtf8()));
        Assert.Equal(WirePolicy.PolicyOneofCase.Drop, jobs[1].FailurePolicy.PolicyCase);
    }

    [Fact]
    public async Task A_job_that_would_expire_before_it_starts_is_refused()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateJobsClient();

        await Assert.ThrowsAsync<ArgumentException>(() =>
            client.ScheduleJobAsync("a", DaprJobSchedule.Daily, startingFrom: Noon, ttl: Noon));
    }

    [Fact]
    public async Task Older_runtimes_are_asked_by_their_preview()
    {
        var unknown = new GrpcException(GrpcStatusCode.Unimplemented, "unknown method");
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Refuse(DaprMethods.ScheduleJob, unknown).Answer(DaprMethods.ScheduleJobAlpha1)
            .Refuse(DaprMethods.DeleteJob, unknown).Answer(DaprMethods.DeleteJobAlpha1));
        using var client = sidecar.CreateJobsClient();

        await client.ScheduleJobAsync("a", DaprJobSchedule.Daily);
        await client.ScheduleJobAsync("b", DaprJobSchedule.Daily);
        await client.DeleteJobAsync("a");

        Assert.Equal(
            ["ScheduleJob", "ScheduleJobAlpha1", "ScheduleJobAlpha1", "DeleteJob", "DeleteJobAlpha1"], sidecar.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task A_job_is_read_as_it_was_scheduled()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetJob, _ => new GetJobResponse
        {
            Job = new Job
            {
                Name = "a",
                Schedule = "@every 5m",
                Repeats = 3,
                DueTime = "2026-01-02T12:00:00Z",
                Data = new Any { Value = ByteString.CopyFromUtf8("x") },
                FailurePolicy = new WirePolicy { Constant = new JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)), MaxRetries = 2 } },
            },
        }));
        using var client = sidecar.CreateJobsClient();

        var job = await client.GetJobAsync("a");

        Assert.Equal(("@every 5m", 3, Noon), (job.Schedule.ExpressionValue, job.RepeatCount, job.DueTime));
        Assert.Equal("x"u8.ToArray(), job.Payload);
        Assert.Equal(new ConfiguredConstantFailurePolicy(true, 2, TimeSpan.FromSeconds(1)), job.FailurePolicy);
    }

    [Fact]
    public async Task A_missing_job_is_a_DaprException()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Refuse(DaprMethods.GetJob, new GrpcException(GrpcStatusCode.Internal, "not found")));
        using var client = sidecar.CreateJobsClient();

        await Assert.ThrowsAsync<DaprException>(() => client.GetJobAsync("a"));
    }

    [Fact]
    public async Task A_job_without_a_name_is_refused()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateJobsClient();

        Assert.Equal("jobName", (await Assert.ThrowsAsync<ArgumentNullException>(() => client.GetJobAsync(" "))).ParamName);
        Assert.Equal("jobName", (await Assert.ThrowsAsync<ArgumentNullException>(() => client.DeleteJobAsync(""))).ParamName);
    }

    [Fact]
    public async Task Who_gives_up_scheduling_gets_no_error_and_who_gives_up_reading_gets_no_job()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.ScheduleJob).Answer(DaprMethods.GetJob).Answer(DaprMethods.DeleteJob));
        using var client = sidecar.CreateJobsClient();
        var givenUp = new CancellationToken(canceled: true);

        await client.ScheduleJobAsync("report", DaprJobSchedule.Daily, cancellationToken: givenUp);
        await client.DeleteJobAsync("report", givenUp);
        var error = await Assert.ThrowsAsync<DaprException>(() => client.GetJobAsync("report", givenUp));

        Assert.Equal("Get job operation failed: the Dapr endpoint did not return the expected value.", error.Message);
    }
}
