using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Tests.Hosting;
using Sidecar.Tests.Jobs;

namespace Sidecar.Tests.GrpcApps;

/// <summary>Jobs of an app that speaks gRPC.</summary>
public sealed class GrpcJobTests
{
    private readonly Inbox<JobEventRequest> _jobs = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_comes_under_the_stable_name_or_the_alpha_one(bool stable)
    {
        await using var place = await GrpcPlace.StartAsync(routes => routes.MapGrpcUnary(stable ? AppCallbackMethods.OnJobEvent : AppCallbackMethods.OnJobEventAlpha1, (request, _) => TakeAsync(request)));

        await place.Channel.UnaryAsync(DaprMethods.ScheduleJob, new ScheduleJobRequest { Job = new Job { Name = "reconcile", DueTime = "0s", Data = Any.Pack(new StringValue { Value = "v" }) } });

        var came = await _jobs.TakeAsync();
        Assert.Equal(("reconcile", "job/reconcile", HTTPExtension.Types.Verb.Post), (came.Name, came.Method, came.HttpExtension.Verb));
        Assert.Equal("v", came.Data.Unpack<StringValue>().Value);
        // Once the app has answered, a job that is due once is over.
        await JobPlace.UntilAsync(async () => (await place.Channel.UnaryAsync(DaprMethods.ListJobs, new ListJobsRequest())).Jobs.Count == 0);
    }

    [Fact]
    public async Task A_job_scheduled_over_HTTP_carries_its_JSON_and_a_refusal_is_tried_again()
    {
        var calls = 0;
        await using var place = await GrpcPlace.StartAsync(routes => routes.MapGrpcUnary(AppCallbackMethods.OnJobEvent, (request, _) =>
            ++calls == 1 ? Task.FromException<JobEventResponse>(new GrpcException(GrpcStatusCode.Internal, "not yet")) : TakeAsync(request)));
        using var job = SidecarFixture.Json("""{"dueTime":"0s","data":{"n":1},"failurePolicy":{"constant":{"interval":"1ms","maxRetries":2}}}""");

        (await place.Sidecar.Http.PostAsync(new Uri("v1.0/jobs/count", UriKind.Relative), job)).EnsureSuccessStatusCode();

        var came = await _jobs.TakeAsync();
        Assert.Equal((1d, "application/json", 2), (came.Data.Unpack<Value>().StructValue.Fields["n"].NumberValue, came.ContentType, calls));
    }

    private Task<JobEventResponse> TakeAsync(JobEventRequest request)
    {
        _jobs.Add(request);
        return Task.FromResult(new JobEventResponse());
    }
}
