using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

public sealed class WorkflowRecoveryTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> Stores => ["state.in-memory", "state.sqlite"];

    private static Task<WorkflowPlace> PlaceOn(string type) =>
        WorkflowPlace.CreateAsync(type, type == "state.sqlite" ? new Dictionary<string, string> { ["connectionString"] = "workflows.db" } : null);

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Everything_under_way_goes_on_after_a_restart(string type)
    {
        await using var place = await PlaceOn(type);
        var engine = place.Start();
        string taskExecutionId;
        await using (var worker = new ScriptedWorker(engine))
        {
            var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "r", Name = "All" }, None);
            worker.Answer(await worker.NextTurnAsync(), Act.Task(0), Act.Timer(1, place.Clock.GetUtcNow().AddMinutes(5)), Act.Child(2, "Child", "kid"));
            await starting.WaitAsync(ScriptedWorker.Patience);
            var items = new[] { await worker.NextAsync(), await worker.NextAsync() };
            taskExecutionId = items.Single(item => item.ActivityRequest is not null).ActivityRequest.TaskExecutionId;
        }

        await engine.RaiseEventAsync("r", "meanwhile", null, None);
        engine = await place.RestartAsync(engine);
        place.Clock.Step(TimeSpan.FromMinutes(6));
        var seen = new HashSet<HistoryEvent.EventTypeOneofCase>();
        string? secondExecutionId = null;
        await using var next = new ScriptedWorker(
            engine,
            turn =>
            {
                seen.UnionWith(turn.New.Select(e => e.EventTypeCase));
                return turn.Name == "Child" ? [Act.Complete(0)]
                    : turn.All.Count(e => WorkflowResult(e)) == 4 ? [Act.Complete(3)]
                    : [];
            },
            request =>
            {
                secondExecutionId = request.TaskExecutionId;
                return ScriptedWorker.Completed(request, null);
            });
        var state = await engine.WaitForCompletionAsync("r", withData: false, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal(OrchestrationStatus.Completed, state.WorkflowStatus);
        Assert.Equal(taskExecutionId, secondExecutionId);
        Assert.NotEmpty(taskExecutionId);

        static bool WorkflowResult(HistoryEvent e) => e.TaskCompleted is not null || e.TimerFired is not null || e.EventRaised is not null || e.ChildWorkflowInstanceCompleted is not null;
    }

    [Fact]
    public async Task An_interrupted_turn_is_made_again_by_another_worker_and_the_late_answer_is_refused()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var lost = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "i", Name = "Once" }, None);
        var first = await lost.NextTurnAsync();
        await lost.HangUpAsync();

        await using var other = new ScriptedWorker(engine);
        var second = await other.NextTurnAsync();
        Assert.Throws<WorkflowException>(() => lost.Answer(first, Act.Complete(0, "\"first\"")));
        other.Answer(second, Act.Complete(0, "\"second\""));
        await starting.WaitAsync(ScriptedWorker.Patience);
        var state = await engine.WaitForCompletionAsync("i", withData: true, None);

        Assert.Equal(first.New.Select(e => e.EventTypeCase), second.New.Select(e => e.EventTypeCase));
        Assert.Equal("\"second\"", state.Output);
    }

    [Fact]
    public async Task A_lost_workers_activity_runs_again_and_only_one_result_counts()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var lost = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "a", Name = "Once" }, None);
        lost.Answer(await lost.NextTurnAsync(), Act.Task(0));
        await starting;
        var first = await lost.NextActivityAsync();
        await lost.HangUpAsync();

        await using var other = new ScriptedWorker(engine);
        var second = await other.NextActivityAsync();
        await lost.AnswerAsync(first, "\"late but valid\"");
        await Assert.ThrowsAsync<WorkflowException>(() => other.AnswerAsync(second, "\"twice\""));
        var turn = await other.NextTurnAsync();

        Assert.Equal(first.TaskExecutionId, second.TaskExecutionId);
        Assert.Equal("\"late but valid\"", Assert.Single(turn.New).TaskCompleted.Result);
    }

    [Fact]
    public async Task A_result_that_came_while_no_worker_was_there_is_not_lost_with_the_host()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "a", Name = "Once" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Task(0));
        await starting;
        var activity = await worker.NextActivityAsync();
        await worker.HangUpAsync();
        await worker.AnswerAsync(activity, "\"kept\"");

        // Another host on the same store, while the first never got to stop.
        var other = place.Start();
        await using var next = new ScriptedWorker(other);
        var turn = await next.NextTurnAsync();

        Assert.Equal("\"kept\"", Assert.Single(turn.New).TaskCompleted.Result);
    }

    [Fact]
    public async Task A_start_whose_worker_vanished_is_not_lost_with_the_host()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var worker = new ScriptedWorker(engine);
        using var deadline = new CancellationTokenSource();
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "s", Name = "Once" }, deadline.Token);
        await worker.NextTurnAsync();
        await worker.HangUpAsync();
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);

        // Another host on the same store, while the first never got to stop.
        await using var next = new ScriptedWorker(place.Start());

        Assert.Equal("s", (await next.NextTurnAsync()).InstanceId);
    }

    [Fact]
    public async Task A_failing_store_holds_a_turn_back_until_it_works_again()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var failed = new TaskCompletionSource();
        place.Store.BeforeWrite = _ =>
        {
            failed.TrySetResult();
            throw new IOException("disk full");
        };
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "f", Name = "Once" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0));
        await failed.Task.WaitAsync(ScriptedWorker.Patience);
        Assert.False(starting.IsCompleted);

        place.Store.BeforeWrite = _ => Task.CompletedTask;
        await StepUntilAsync(place, starting);

        Assert.Equal(OrchestrationStatus.Completed, (await engine.GetAsync("f", withData: false, None))!.WorkflowStatus);
    }

    [Fact]
    public async Task A_turn_that_was_saved_although_the_store_reported_an_error_is_not_saved_twice()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var failures = 1;
        place.Store.AfterWrite = _ =>
        {
            if (Interlocked.Decrement(ref failures) == 0)
            {
                throw new IOException("connection lost after the commit");
            }
        };
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "f", Name = "Once" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0));
        await StepUntilAsync(place, starting);

        Assert.Equal(3, (await engine.GetHistoryAsync("f", None)).Count);
    }

    [Fact]
    public async Task A_stalled_workflow_is_tried_again_when_a_new_worker_connects()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var old = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "v", Name = "Versioned" }, None);
        old.Answer(await old.NextTurnAsync(), new WorkflowAction { WorkflowVersionNotAvailable = new WorkflowVersionNotAvailableAction() });
        var stalled = await engine.WaitForStartAsync("v", withData: false, None).WaitAsync(ScriptedWorker.Patience).ContinueWith(_ => engine.GetAsync("v", withData: false, None), TaskScheduler.Default).Unwrap();
        await old.HangUpAsync();

        await using var updated = new ScriptedWorker(engine);
        var turn = await updated.NextTurnAsync();
        updated.Answer(turn, Act.Complete(0));
        await starting.WaitAsync(ScriptedWorker.Patience);
        var state = await engine.WaitForCompletionAsync("v", withData: false, None);

        Assert.Equal(OrchestrationStatus.Stalled, stalled!.WorkflowStatus);
        Assert.Equal(OrchestrationStatus.Completed, state.WorkflowStatus);
    }

    [Fact]
    public async Task Instance_ids_are_listed_page_by_page()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, _ => [Act.Complete(0)]);
        foreach (var id in Enumerable.Range(0, 7).Select(i => $"id-{i}"))
        {
            await engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = "Quick" }, None);
        }

        List<string> all = [];
        string? token = null;
        do
        {
            var (ids, next) = await engine.ListAsync(token, 3, None);
            Assert.InRange(ids.Count, 1, 3);
            all.AddRange(ids);
            token = next;
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"id-{i}"), all);
    }

    private static async Task StepUntilAsync(WorkflowPlace place, Task task)
    {
        for (var i = 0; !task.IsCompleted && i < 10_000; i++)
        {
            place.Clock.Step(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1);
        }

        await task.WaitAsync(ScriptedWorker.Patience);
    }
}
