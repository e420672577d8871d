using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using System.Text;
using Conformance;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Dapr.Protocol.Workflow;
using Google.Protobuf.WellKnownTypes;
using Google.Protobuf;
using Sidecar.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Sidecar.Tests.Workflows;

/// <summary>The APIs over real ports: what an SDK's worker and client, or curl, would send.</summary>
public sealed class WorkflowApiTests : IAsyncLifetime
{
    private readonly ComponentPlace _components = new();
    private IStateStore _scheduler = null!;
    private SidecarHost _host = null!;
    private GrpcChannel _grpc = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _scheduler = await _components.MakeAsync<IStateStore>("state.in-memory", []);
        var store = new Component
        {
            Name = "statestore",
            Type = "state.in-memory",
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["actorStateStore"] = "true" },
        };
        _host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars = [new SidecarDefinition(new SidecarOptions { AppId = "saga" }, new SidecarResources { Components = [store] })],
            Factories = BuiltInComponents.All,
            SchedulerStore = _scheduler,
            HostDirectory = _components.Folder,
        });
        await _host.WaitUntilReadyAsync();
        _grpc = new GrpcChannel(new Uri($"http://127.0.0.1:{_host.Sidecars[0].GrpcPort}"));
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{_host.Sidecars[0].HttpPort}") };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _grpc.Dispose();
        await _host.DisposeAsync();
        await _scheduler.DisposeAsync();
        await _components.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_and_a_client_run_a_workflow_over_gRPC()
    {
        using var hangUp = new CancellationTokenSource();
        var worker = ServeAsync(turn => Act.Steps(turn, 2), hangUp.Token);

        await _grpc.UnaryAsync(TaskHubMethods.Hello, new Empty());
        var started = await _grpc.UnaryAsync(TaskHubMethods.StartInstance, new CreateInstanceRequest { InstanceId = "g", Name = "Steps", Input = "1" });
        var completed = await _grpc.UnaryAsync(TaskHubMethods.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "g", GetInputsAndOutputs = true });
        var history = await _grpc.UnaryAsync(TaskHubMethods.GetInstanceHistory, new GetInstanceHistoryRequest { InstanceId = "g" });
        var ids = await _grpc.UnaryAsync(TaskHubMethods.ListInstanceIds, new ListInstanceIDsRequest());
        var purged = await _grpc.UnaryAsync(TaskHubMethods.PurgeInstances, new PurgeInstancesRequest { InstanceId = "g", Recursive = true });
        var gone = await _grpc.UnaryAsync(TaskHubMethods.GetInstance, new GetInstanceRequest { InstanceId = "g" });

        Assert.Equal("g", started.InstanceId);
        Assert.True(completed.Exists);
        Assert.Equal("\"done\"", completed.WorkflowState.Output);
        Assert.NotEmpty(history.Events);
        Assert.Equal(["g"], ids.InstanceIds);
        Assert.Equal(1, purged.DeletedInstanceCount);
        Assert.Null(purged.IsComplete);
        Assert.False(gone.Exists);
        await hangUp.CancelAsync();
        await worker;
    }

    [Fact]
    public async Task A_worker_that_answers_by_the_newer_name_runs_a_workflow_and_its_rerun()
    {
        using var hangUp = new CancellationTokenSource();
        var worker = ServeAsync(turn => Act.Steps(turn, 2), hangUp.Token, TaskHubMethods.CompleteWorkflowTask);
        await _grpc.UnaryAsync(TaskHubMethods.StartInstance, new CreateInstanceRequest { InstanceId = "first", Name = "Steps", Input = "1" });
        await _grpc.UnaryAsync(TaskHubMethods.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "first" });

        var rerun = await _grpc.UnaryAsync(TaskHubMethods.RerunWorkflowFromEvent, new RerunWorkflowFromEventRequest { SourceInstanceID = "first", EventID = 1, NewInstanceID = "again" });
        var completed = await _grpc.UnaryAsync(TaskHubMethods.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "again", GetInputsAndOutputs = true });

        Assert.Equal("again", rerun.NewInstanceID);
        Assert.Equal("\"done\"", completed.WorkflowState.Output);
        await hangUp.CancelAsync();
        await worker;
    }

    [Fact]
    public async Task Engine_errors_are_gRPC_statuses_with_Daprs_texts()
    {
        using var hangUp = new CancellationTokenSource();
        var worker = ServeAsync(turn => [], hangUp.Token);
        await _grpc.UnaryAsync(TaskHubMethods.StartInstance, new CreateInstanceRequest { InstanceId = "dup", Name = "Waits" });

        var twice = await Assert.ThrowsAsync<GrpcException>(() => _grpc.UnaryAsync(TaskHubMethods.StartInstance, new CreateInstanceRequest { InstanceId = "dup", Name = "Waits" }));
        var unknown = await Assert.ThrowsAsync<GrpcException>(() => _grpc.UnaryAsync(TaskHubMethods.RaiseEvent, new RaiseEventRequest { InstanceId = "nobody", Name = "e" }));
        var stale = await Assert.ThrowsAsync<GrpcException>(() => _grpc.UnaryAsync(TaskHubMethods.CompleteActivityTask, new ActivityResponse { InstanceId = "nobody", TaskId = 1 }));

        Assert.Equal(GrpcStatusCode.AlreadyExists, twice.StatusCode);
        Assert.Equal((GrpcStatusCode.Unknown, "no such instance exists"), (unknown.StatusCode, unknown.Detail));
        Assert.Equal(GrpcStatusCode.Unknown, stale.StatusCode);
        var history = await Assert.ThrowsAsync<GrpcException>(() => _grpc.UnaryAsync(TaskHubMethods.GetInstanceHistory, new GetInstanceHistoryRequest { InstanceId = "nobody" }));
        Assert.Equal((GrpcStatusCode.NotFound, "workflow instance 'nobody' not found"), (history.StatusCode, history.Detail));
        var rerun = await Assert.ThrowsAsync<GrpcException>(() =>
            _grpc.UnaryAsync(TaskHubMethods.RerunWorkflowFromEvent, new RerunWorkflowFromEventRequest { SourceInstanceID = "dup", NewInstanceID = "dup" }));
        Assert.Equal((GrpcStatusCode.InvalidArgument, "rerun workflow instance ID must be different from the original instance ID"), (rerun.StatusCode, rerun.Detail));
        await hangUp.CancelAsync();
        await worker;
    }

    [Theory]
    [InlineData("terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nobody")]
    [InlineData("purge", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nobody")]
    [InlineData("pause", 500, "ERR_PAUSE_WORKFLOW", "error pausing workflow nobody: failed to pause workflow nobody: failed to suspend workflow: no such instance exists")]
    [InlineData("resume", 500, "ERR_RESUME_WORKFLOW", "error resuming workflow nobody: failed to resume workflow nobody: failed to resume workflow: no such instance exists")]
    [InlineData("raiseEvent/e", 500, "ERR_RAISE_EVENT_WORKFLOW", "error raising event on workflow 'nobody': failed to raise event e on workflow nobody: failed to raise event: no such instance exists")]
    public async Task An_unknown_instance_is_told_apart_by_terminate_and_purge_alone(string call, int status, string code, string message)
    {
        using var answer = await _http.PostAsync($"/v1.0/workflows/dapr/nobody/{call}", null);

        var error = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, code, message), ((int)answer.StatusCode, error.GetProperty("errorCode").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Over_gRPC_an_unknown_instance_is_an_answer_with_its_id_alone_and_no_component_need_be_named()
    {
        var answer = await _grpc.UnaryAsync(DaprMethods.GetWorkflowBeta1, new GetWorkflowRequest { InstanceId = "nobody" });

        Assert.Equal(new GetWorkflowResponse { InstanceId = "nobody" }, answer);
    }

    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-beta1")]
    [InlineData("v1.0-alpha1")]
    public async Task The_management_API_drives_a_workflow_over_HTTP(string version)
    {
        using var hangUp = new CancellationTokenSource();
        var worker = ServeAsync(
            turn => turn.All.FirstOrDefault(e => e.EventRaised is not null) is { } raised ? [Act.Complete(0, raised.EventRaised.Input)] : [], hangUp.Token);
        var api = $"/{version}/workflows/dapr";

        var started = await _http.PostAsync($"{api}/Approval/start?instanceID=order_1-a", new StringContent("{\"amount\":5}", Encoding.UTF8, "application/json"));
        var paused = await _http.PostAsync($"{api}/order_1-a/pause", null);
        var suspended = await _http.GetFromJsonAsync<JsonElement>($"{api}/order_1-a");
        var resumed = await _http.PostAsync($"{api}/order_1-a/resume", null);
        var running = await _http.PostAsync($"{api}/order_1-a/purge", null);
        var raised = await _http.PostAsync($"{api}/order_1-a/raiseEvent/approved", new StringContent("\"yes\""));
        await _grpc.UnaryAsync(TaskHubMethods.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "order_1-a" });
        var ended = await _http.GetFromJsonAsync<JsonElement>($"{api}/order_1-a");
        var purged = await _http.PostAsync($"{api}/order_1-a/purge", null);
        var gone = await _http.GetAsync($"{api}/order_1-a");

        Assert.Equal((HttpStatusCode.Accepted, "{\"instanceID\":\"order_1-a\"}"), (started.StatusCode, await started.Content.ReadAsStringAsync()));
        foreach (var answer in new[] { paused, resumed, raised, purged })
            Assert.Equal((HttpStatusCode.Accepted, "{}"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("SUSPENDED", suspended.GetProperty("runtimeStatus").GetString());
        Assert.Equal(HttpStatusCode.InternalServerError, running.StatusCode);
        Assert.Equal("COMPLETED", ended.GetProperty("runtimeStatus").GetString());
        Assert.Equal("Approval", ended.GetProperty("workflowName").GetString());
        Assert.Equal("{\"amount\":5}", ended.GetProperty("properties").GetProperty("dapr.workflow.input").GetString());
        Assert.Equal("\"yes\"", ended.GetProperty("properties").GetProperty("dapr.workflow.output").GetString());
        Assert.True(ended.GetProperty("createdAt").TryGetDateTimeOffset(out _));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains("ERR_INSTANCE_ID_NOT_FOUND", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await hangUp.CancelAsync();
        await worker;
    }

    [Theory]
    [InlineData("bad.id", "ERR_INSTANCE_ID_INVALID")]
    [InlineData("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg", "ERR_INSTANCE_ID_TOO_LONG")]
    public async Task Instance_ids_are_checked_over_HTTP(string id, string code)
    {
        var answer = await _http.PostAsync($"/v1.0/workflows/dapr/Any/start?instanceID={id}", null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(code, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_management_API_over_gRPC_shows_properties()
    {
        using var hangUp = new CancellationTokenSource();
        var worker = ServeAsync(turn => [Act.Fail(0, "no stock")], hangUp.Token);

        var started = await _grpc.UnaryAsync(
            DaprMethods.StartWorkflowBeta1, new StartWorkflowRequest { WorkflowComponent = "dapr", WorkflowName = "Fails", Input = ByteString.CopyFromUtf8("7") });
        var state = await _grpc.UnaryAsync(DaprMethods.GetWorkflowBeta1, new GetWorkflowRequest { WorkflowComponent = "dapr", InstanceId = started.InstanceId });

        Assert.Equal("FAILED", state.RuntimeStatus);
        Assert.Equal("7", state.Properties["dapr.workflow.input"]);
        Assert.Equal("no stock", state.Properties["dapr.workflow.failure.error_message"]);
        await hangUp.CancelAsync();
        await worker;
    }

    [Fact]
    public async Task Jobs_are_scheduled_read_and_deleted_over_HTTP_and_gRPC()
    {
        var created = await _http.PostAsync("/v1.0/jobs/cleanup", Json("""{"schedule":"@every 1h","repeats":2,"data":{"keep":3}}"""));
        var twice = await _http.PostAsync("/v1.0/jobs/cleanup", Json("""{"dueTime":"1h"}"""));
        var named = await _http.PostAsync("/v1.0-alpha1/jobs/cleanup", Json("""{"name":"other","dueTime":"1h"}"""));
        var empty = await _http.PostAsync("/v1.0/jobs/empty", Json("{}"));
        var malformed = await _http.PostAsync("/v1.0/jobs/broken", Json("{"));
        var read = await _http.GetStringAsync("/v1.0/jobs/cleanup");
        var listed = await _grpc.UnaryAsync(DaprMethods.ListJobsAlpha1, new ListJobsRequestAlpha1());
        await _grpc.UnaryAsync(DaprMethods.ScheduleJob, new ScheduleJobRequest { Job = new Job { Name = "second", DueTime = "1h" } });
        var deleted = await _http.DeleteAsync("/v1.0/jobs/cleanup");
        var missing = await _http.GetAsync("/v1.0/jobs/cleanup");

        Assert.Equal(HttpStatusCode.NoContent, created.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, named.StatusCode);
        Assert.Contains("DAPR_SCHEDULER_SCHEDULE_EMPTY", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        Assert.Equal("""{"name":"cleanup","schedule":"@every 1h","repeats":2,"data":{"@type":"type.googleapis.com/google.protobuf.Value","value":{"keep":3}},"failurePolicy":{"constant":{"interval":"1s","maxRetries":3}}}""", read);
        Assert.Equal("cleanup", Assert.Single(listed.Jobs).Name);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, missing.StatusCode);
        Assert.Contains("DAPR_SCHEDULER_GET_JOB", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>A worker as SDKs are: one stream for the items, unary calls for the answers.</summary>
    private async Task ServeAsync(
        Func<TurnView, IEnumerable<WorkflowAction>> workflow, CancellationToken cancellationToken, GrpcMethod<WorkflowResponse, CompleteTaskResponse>? complete = null)
    {
        try
        {
            await foreach (var item in _grpc.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest(), cancellationToken: cancellationToken))
            {
                if (item.ActivityRequest is { } activity)
                {
                    var response = ScriptedWorker.Completed(activity, activity.Input);
                    response.CompletionToken = item.CompletionToken;
                    await _grpc.UnaryAsync(TaskHubMethods.CompleteActivityTask, response, cancellationToken: CancellationToken.None);
                }
                else
                {
                    var turn = new TurnView(item);
                    await _grpc.UnaryAsync(complete ?? TaskHubMethods.CompleteOrchestratorTask, turn.Answer([.. workflow(turn)]), cancellationToken: CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The test hung up.
        }
    }
}
