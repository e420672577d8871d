using Dapr.Protocol.Workflow;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

public sealed class WorkflowLifeTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_start_whose_first_turn_the_store_refuses_is_told_so_and_can_be_repeated()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, _ => [Act.Complete(0)]);
        place.Store.BeforeWrite = operations =>
        {
            place.Store.BeforeWrite = _ => Task.CompletedTask;
            throw new ETagMismatchException(operations[0].Key);
        };
        var request = new CreateInstanceRequest { InstanceId = "refused", Name = "Any" };

        var refusal = await Assert.ThrowsAsync<WorkflowException>(() => engine.StartAsync(request, CancellationToken.None).WaitAsync(ScriptedWorker.Patience));
        Assert.Equal(10, refusal.GrpcStatus);

        await engine.StartAsync(request, CancellationToken.None).WaitAsync(ScriptedWorker.Patience);
        Assert.Equal(OrchestrationStatus.Completed, (await engine.WaitForCompletionAsync("refused", withData: false, CancellationToken.None).WaitAsync(ScriptedWorker.Patience)).WorkflowStatus);
    }

    [Fact]
    public async Task A_workflow_runs_its_activity_and_completes()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => Act.Steps(turn, 1), request => ScriptedWorker.Completed(request, "\"hello\""));

        var id = await engine.StartAsync(new CreateInstanceRequest { InstanceId = "one", Name = "Greet", Input = "\"me\"" }, None);
        var state = await engine.WaitForCompletionAsync(id, withData: true, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("one", id);
        Assert.Equal(OrchestrationStatus.Completed, state.WorkflowStatus);
        Assert.Equal("Greet", state.Name);
        Assert.Equal("\"me\"", state.Input);
        Assert.Equal("\"done\"", state.Output);
        var kinds = (await engine.GetHistoryAsync(id, None)).Select(e => e.EventTypeCase.ToString());
        Assert.Equal(
            ["WorkflowStarted", "ExecutionStarted", "TaskScheduled", "WorkflowStarted", "TaskCompleted", "ExecutionCompleted"], kinds);
    }

    [Fact]
    public async Task A_turn_costs_one_transaction()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => Act.Steps(turn, 5));

        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "five", Name = "Steps" }, None);
        await engine.WaitForCompletionAsync("five", withData: false, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal(6, place.Store.Transactions);
    }

    [Fact]
    public async Task A_failed_activity_comes_back_with_its_details()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "f", Name = "Fails" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Task(0));
        await starting;

        await engine.CompleteActivityAsync(ScriptedWorker.Failed(await worker.NextActivityAsync(), "no luck"), None);
        var turn = await worker.NextTurnAsync();
        worker.Answer(turn, Act.Fail(1, "gave up"));
        var state = await engine.WaitForCompletionAsync("f", withData: true, None);

        Assert.Equal("no luck", turn.New[0].TaskFailed.FailureDetails.ErrorMessage);
        Assert.Equal(OrchestrationStatus.Failed, state.WorkflowStatus);
        Assert.Equal("gave up", state.FailureDetails.ErrorMessage);
    }

    [Fact]
    public async Task Starting_an_active_id_again_is_refused_and_an_ended_one_begins_anew()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "again", Name = "First" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Task(0));
        await starting;

        var refused = await Assert.ThrowsAsync<WorkflowException>(() => engine.StartAsync(new CreateInstanceRequest { InstanceId = "again", Name = "Second" }, None));
        await worker.AnswerAsync(await worker.NextActivityAsync(), null);
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(1));
        await engine.WaitForCompletionAsync("again", withData: false, None);
        var restarting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "again", Name = "Second" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0, "2"));
        await restarting;
        var state = await engine.WaitForCompletionAsync("again", withData: true, None);

        Assert.Equal(6, refused.GrpcStatus);
        Assert.Equal("Second", state.Name);
        Assert.Equal("2", state.Output);
    }

    [Fact]
    public async Task Custom_status_is_what_the_last_turn_said()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "cs", Name = "Status" }, None);
        var turn = await worker.NextTurnAsync();
        turn.CustomStatus = "\"halfway\"";
        worker.Answer(turn, Act.Task(0));
        await starting;

        Assert.Equal("\"halfway\"", (await engine.GetAsync("cs", withData: true, None))!.CustomStatus);
        Assert.Null((await engine.GetAsync("cs", withData: false, None))!.CustomStatus);
    }

    [Fact]
    public async Task An_unknown_instance_does_not_exist_and_takes_no_events()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();

        Assert.Null(await engine.GetAsync("nobody", withData: true, None));
        var error = await Assert.ThrowsAsync<WorkflowException>(() => engine.RaiseEventAsync("nobody", "e", null, None));
        Assert.Equal("no such instance exists", error.Message);
        Assert.Equal(2, error.GrpcStatus);
    }

    [Fact]
    public async Task Waiting_for_completion_may_begin_before_the_instance_exists()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var waiting = engine.WaitForCompletionAsync("late", withData: false, None);
        await using var worker = new ScriptedWorker(engine, _ => [Act.Complete(0)]);

        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "late", Name = "Late" }, None);

        Assert.Equal(OrchestrationStatus.Completed, (await waiting.WaitAsync(ScriptedWorker.Patience)).WorkflowStatus);
    }

    [Fact]
    public async Task A_scheduled_start_waits_for_its_time_and_answers_at_once()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var at = place.Clock.GetUtcNow() + TimeSpan.FromHours(2);
        await engine.StartAsync(
            new CreateInstanceRequest { InstanceId = "later", Name = "Later", ScheduledStartTimestamp = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(at) }, None);

        Assert.Equal(OrchestrationStatus.Pending, (await engine.GetAsync("later", withData: false, None))!.WorkflowStatus);
        Assert.False(worker.HasItem);
        place.Clock.Step(TimeSpan.FromHours(1));
        place.Clock.Step(TimeSpan.FromHours(1));
        var turn = await worker.NextTurnAsync();

        Assert.Equal("Later", turn.Name);
    }
}
