using System.Diagnostics;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using Dapr.Workflow.Client;
using Dapr.Workflow.Registration;
using Google.Protobuf.WellKnownTypes;
using Workflow.Tests.Hosting;

namespace Workflow.Tests;

public class DaprWorkflowClientTests
{
    [Fact]
    public async Task Starting_a_workflow_makes_an_id_and_hands_the_trace_along()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        using var span = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        var id = await client.ScheduleNewWorkflowAsync("Order", input: new { Sku = "abc" });

        var (request, _) = await hub.NextAsync<CreateInstanceRequest>();
        Assert.Equal(id, request.InstanceId);
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(("Order", """{"sku":"abc"}"""), (request.Name, request.Input));
        Assert.Equal(span.Id, request.ParentTraceContext.TraceParent);
        Assert.Null(request.ScheduledStartTimestamp);
    }

    [Fact]
    public async Task A_workflow_can_be_started_later()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        var later = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.FromHours(1));

        Assert.Equal("order-1", await client.ScheduleNewWorkflowAsync("Order", "order-1", null, later));

        Assert.Equal(later, (await hub.NextAsync<CreateInstanceRequest>()).Message.ScheduledStartTimestamp.ToDateTimeOffset());
    }

    [Fact]
    public async Task The_state_of_an_instance_reads_as_typed_values()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        hub.OnGetInstance = _ => new GetInstanceResponse
        {
            Exists = true,
            WorkflowState = new Dapr.Protocol.Workflow.WorkflowState
            {
                Name = "Order",
                WorkflowStatus = OrchestrationStatus.Failed,
                Input = "5",
                Output = "\"out\"",
                CustomStatus = "[1,2]",
                CreatedTimestamp = new Timestamp { Seconds = 1_700_000_000 },
                FailureDetails = new TaskFailureDetails { ErrorType = "System.FormatException", ErrorMessage = "bad" },
            },
        };

        var state = await client.GetWorkflowStateAsync("order-1");

        Assert.True(state.Exists);
        Assert.True(state.IsWorkflowCompleted);
        Assert.Equal(WorkflowRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Equal(5, state.ReadInputAs<int>());
        Assert.Equal("out", state.ReadOutputAs<string>());
        Assert.Equal([1, 2], state.ReadCustomStatusAs<int[]>()!);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), state.CreatedAt);
        Assert.True(state.FailureDetails!.IsCausedBy<FormatException>());
    }

    [Fact]
    public async Task An_instance_that_is_not_there_has_a_state_that_says_so()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);

        var absent = await client.GetWorkflowStateAsync("none");
        hub.OnGetInstance = _ => throw new GrpcException(GrpcStatusCode.NotFound, "no such instance exists");
        var notFound = await client.GetWorkflowStateAsync("none");

        Assert.False(absent.Exists);
        Assert.Equal(WorkflowRuntimeStatus.Unknown, absent.RuntimeStatus);
        Assert.Null(absent.ReadOutputAs<string>());
        Assert.False(notFound.Exists);
    }

    [Fact]
    public async Task A_wait_is_asked_for_again_when_the_sidecar_gives_up_waiting()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        var calls = 0;
        hub.OnGetInstance = _ => ++calls switch
        {
            1 => throw new GrpcException(GrpcStatusCode.DeadlineExceeded, "too long"),
            2 => throw new GrpcException(GrpcStatusCode.Unavailable, "restarting"),
            _ => new GetInstanceResponse { Exists = true, WorkflowState = new Dapr.Protocol.Workflow.WorkflowState { WorkflowStatus = OrchestrationStatus.Completed } },
        };

        var state = await client.WaitForWorkflowCompletionAsync("order-1", getInputsAndOutputs: false);

        Assert.True(state.IsWorkflowCompleted);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Inputs_and_outputs_are_read_after_the_wait()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        var calls = 0;
        hub.OnGetInstance = _ => new GetInstanceResponse
        {
            Exists = true,
            WorkflowState = new Dapr.Protocol.Workflow.WorkflowState { WorkflowStatus = OrchestrationStatus.Completed, Output = ++calls > 1 ? "7" : null },
        };

        Assert.Equal(7, (await client.WaitForWorkflowCompletionAsync("order-1")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task There_is_no_waiting_for_an_instance_that_is_not_there()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);

        var start = await Assert.ThrowsAsync<InvalidOperationException>(() => client.WaitForWorkflowStartAsync("none"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.WaitForWorkflowCompletionAsync("none"));

        Assert.Equal("Workflow instance 'none' does not exist", start.Message);
    }

    [Fact]
    public async Task A_page_has_at_least_one_instance_and_an_input_is_given_only_to_overwrite_one()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);

        Assert.Equal("pageSize", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.ListInstanceIdsAsync(pageSize: 0))).ParamName);
        Assert.Equal("options", (await Assert.ThrowsAsync<ArgumentException>(
            () => client.RerunWorkflowFromEventAsync("order-1", 4, new RerunWorkflowFromEventOptions { Input = 9 }))).ParamName);
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        using var stop = new CancellationTokenSource();
        hub.OnGetInstance = _ =>
        {
            stop.Cancel();
            throw new GrpcException(GrpcStatusCode.Unavailable, "gone");
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.WaitForWorkflowStartAsync("order-1", cancellation: stop.Token));
    }

    [Fact]
    public async Task Steering_calls_carry_what_they_are_given()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);

        await client.RaiseEventAsync("order-1", "approval", true);
        await client.TerminateWorkflowAsync("order-1", "stopped");
        await client.SuspendWorkflowAsync("order-1", "audit");
        await client.ResumeWorkflowAsync("order-1");
        var purged = await client.PurgeInstanceAsync("order-1");

        var raised = (await hub.NextAsync<RaiseEventRequest>()).Message;
        Assert.Equal(("order-1", "approval", "true"), (raised.InstanceId, raised.Name, raised.Input));
        var terminated = (await hub.NextAsync<TerminateRequest>()).Message;
        Assert.Equal(("\"stopped\"", true), (terminated.Output, terminated.Recursive));
        Assert.Equal("audit", (await hub.NextAsync<SuspendRequest>()).Message.Reason);
        Assert.Equal("order-1", (await hub.NextAsync<ResumeRequest>()).Message.InstanceId);
        Assert.True((await hub.NextAsync<PurgeInstancesRequest>()).Message.Recursive);
        Assert.True(purged);
    }

    [Fact]
    public async Task Instances_are_listed_and_their_history_is_read()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        await using var client = Connect(hub);
        hub.History.Add(new HistoryEvent { EventId = 3, Timestamp = new Timestamp { Seconds = 5 }, ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent() });

        var page = await client.ListInstanceIdsAsync("next", pageSize: 2);
        var history = await client.GetInstanceHistoryAsync("order-1");
        var rerun = await client.RerunWorkflowFromEventAsync("order-1", 4, new RerunWorkflowFromEventOptions { NewInstanceId = "again", Input = 9, OverwriteInput = true });

        Assert.Equal(["a", "b"], page.InstanceIds);
        Assert.Equal("next+", page.ContinuationToken);
        Assert.Equal(2u, (await hub.NextAsync<ListInstanceIDsRequest>()).Message.PageSize);
        Assert.Equal([new WorkflowHistoryEvent(3, WorkflowHistoryEventType.SubOrchestrationInstanceCreated, DateTime.UnixEpoch.AddSeconds(5))], history);
        await hub.NextAsync<GetInstanceHistoryRequest>();
        var request = (await hub.NextAsync<RerunWorkflowFromEventRequest>()).Message;
        Assert.Equal(("again", 4u, "9", true), (rerun, request.EventID, request.Input, request.OverwriteInput));
    }

    private static DaprWorkflowClient Connect(FakeTaskHub hub)
    {
        var builder = new DaprWorkflowClientBuilder();
        builder.UseGrpcEndpoint(hub.Address);
        return builder.Build();
    }
}
