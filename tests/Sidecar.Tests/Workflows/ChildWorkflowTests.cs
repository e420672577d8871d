using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

public sealed class ChildWorkflowTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>A parent that waits for one child, and a child of <paramref name="steps"/> steps.</summary>
    private static IEnumerable<WorkflowAction> Family(TurnView turn, int steps, string childId = "")
    {
        if (turn.Name != "Parent")
        {
            return Act.Steps(turn, steps);
        }

        var done = turn.All.FirstOrDefault(e => e.ChildWorkflowInstanceCompleted is not null);
        var failed = turn.All.FirstOrDefault(e => e.ChildWorkflowInstanceFailed is not null);
        return done is not null ? [Act.Complete(1, done.ChildWorkflowInstanceCompleted.Result)]
            : failed is not null ? [Act.Fail(1, failed.ChildWorkflowInstanceFailed.FailureDetails.ErrorType)]
            : turn.Count(HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated) == 0 ? [Act.Child(0, "Child", childId)]
            : [];
    }

    [Fact]
    public async Task A_child_runs_and_its_result_comes_back()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => Family(turn, 2));

        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Parent" }, None);
        var state = await engine.WaitForCompletionAsync("p", withData: true, None).WaitAsync(ScriptedWorker.Patience);
        var child = await engine.GetAsync("p:0000", withData: false, None);

        Assert.Equal("\"done\"", state.Output);
        Assert.Equal("p", child!.ParentInstanceId);
    }

    [Fact]
    public async Task A_child_id_that_is_active_elsewhere_fails_the_child()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => turn.Name == "Other" ? [Act.Timer(0, place.Clock.GetUtcNow().AddDays(1))] : Family(turn, 1, "taken"));
        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "taken", Name = "Other" }, None);

        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Parent" }, None);
        var state = await engine.WaitForCompletionAsync("p", withData: true, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("WorkflowInstanceAlreadyExists", state.FailureDetails.ErrorMessage);
    }

    [Fact]
    public async Task Terminating_recursively_reaches_the_children_also_after_a_restart()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using (var worker = new ScriptedWorker(engine))
        {
            var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Parent" }, None);
            worker.Answer(await worker.NextTurnAsync(), Act.Child(0, "Child", "c"));
            await starting;
            worker.Answer(await worker.NextTurnAsync());
            await engine.WaitForStartAsync("c", withData: false, None);
            // The child's termination is held back: the host dies in between.
            place.Store.BeforeWrite = operations => operations.Any(o => o.Key.Contains("||c||inbox", StringComparison.Ordinal)) ? throw new IOException("gone") : Task.CompletedTask;
            var terminating = engine.TerminateAsync("p", "\"stop\"", recursive: true, None);
            worker.Answer(await worker.NextTurnAsync());
            await terminating.WaitAsync(ScriptedWorker.Patience);
        }

        place.Store.BeforeWrite = _ => Task.CompletedTask;
        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine, _ => []);
        var child = await engine.WaitForCompletionAsync("c", withData: true, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal(OrchestrationStatus.Terminated, child.WorkflowStatus);
        Assert.Equal("\"stop\"", child.Output);
    }

    [Fact]
    public async Task Purging_takes_the_children_along_and_leaves_no_key()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => Family(turn, 1));
        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Parent" }, None);
        await engine.WaitForCompletionAsync("p", withData: false, None).WaitAsync(ScriptedWorker.Patience);

        var deleted = await engine.PurgeAsync("p", recursive: true, force: false, None);

        Assert.Equal(2, deleted);
        Assert.Empty(await place.Store.KeysAsync());
        Assert.Null(await engine.GetAsync("p", withData: false, None));
    }

    [Fact]
    public async Task A_running_workflow_is_purged_only_by_force()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => [Act.Timer(0, place.Clock.GetUtcNow().AddDays(1))]);
        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "r", Name = "Waits" }, None);

        var refused = await Assert.ThrowsAsync<WorkflowException>(() => engine.PurgeAsync("r", recursive: false, force: false, None));
        var deleted = await engine.PurgeAsync("r", recursive: false, force: true, None);

        Assert.Contains("not completed", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, deleted);
        Assert.Empty(await place.Store.KeysAsync());
    }

    [Fact]
    public async Task Activities_and_children_of_another_app_run_at_its_workers()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var front = place.Start("front");
        await using var frontWorker = new ScriptedWorker(front, turn =>
            turn.All.Any(e => e.ChildWorkflowInstanceCompleted is not null) ? [Act.Complete(2, "\"both\"")]
            : turn.CompletedTasks == 1 ? [Act.Child(1, "Child", "remote", appId: "back")]
            : [Act.Task(0, "RemoteStep", appId: "back")]);
        await front.StartAsync(new CreateInstanceRequest { InstanceId = "x", Name = "Parent" }, None);

        // The other app comes later: the work waits for it.
        var back = place.Start("back");
        await using var backWorker = new ScriptedWorker(back, turn => [Act.Complete(0, "\"child\"")], request => ScriptedWorker.Completed(request, "\"" + request.Name + "\""));
        var state = await front.WaitForCompletionAsync("x", withData: true, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("\"both\"", state.Output);
        Assert.Equal("front", (await back.GetAsync("remote", withData: false, None))!.ParentAppId);
    }

    [Fact]
    public async Task An_ended_workflow_runs_again_from_one_of_its_activities()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var inputs = new List<string>();
        await using var worker = new ScriptedWorker(engine, turn => Act.Steps(turn, 3), request =>
        {
            inputs.Add(request.Input);
            return ScriptedWorker.Completed(request, request.Input);
        });
        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "src", Name = "Steps" }, None);
        await engine.WaitForCompletionAsync("src", withData: false, None).WaitAsync(ScriptedWorker.Patience);

        var id = await engine.RerunAsync(new RerunWorkflowFromEventRequest { SourceInstanceID = "src", EventID = 1, NewInstanceID = "again", OverwriteInput = true, Input = "\"new\"" }, None);
        await engine.WaitForCompletionAsync(id, withData: false, None).WaitAsync(ScriptedWorker.Patience);
        var missing = await Assert.ThrowsAsync<WorkflowException>(() => engine.RerunAsync(new RerunWorkflowFromEventRequest { SourceInstanceID = "src", EventID = 3 }, None));

        Assert.Equal("again", id);
        Assert.Equal(["\"0\"", "\"1\"", "\"2\"", "\"new\"", "\"2\""], inputs);
        Assert.Equal(5, missing.GrpcStatus);
        Assert.Contains("is not an event that can be rerun", missing.Message, StringComparison.Ordinal);
    }
}
