using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;
using Kind = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Tests.Workflows;

/// <summary>What an instance waits for, and what was decided about it, outlives the host and the app.</summary>
public sealed class WorkflowRestartTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> Stores => ["state.in-memory", "state.sqlite"];

    private static Task<WorkflowPlace> PlaceOn(string type) =>
        WorkflowPlace.CreateAsync(type, type == "state.sqlite" ? new Dictionary<string, string> { ["connectionString"] = "workflows.db" } : null);

    /// <summary>An instance whose first turn asked for the actions.</summary>
    private static async Task<ScriptedWorker> StartAsync(WorkflowEngine engine, string id, params WorkflowAction[] actions)
    {
        var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = "Waits" }, None);
        worker.Answer(await worker.NextTurnAsync(), actions);
        await starting.WaitAsync(ScriptedWorker.Patience);
        return worker;
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_suspended_instance_stays_suspended_and_keeps_what_came_meanwhile(string type)
    {
        await using var place = await PlaceOn(type);
        var engine = place.Start();
        await using (var worker = await StartAsync(engine, "s", Act.Task(0), Act.Timer(1, place.Clock.GetUtcNow().AddMinutes(1))))
        {
            var activity = await worker.NextActivityAsync();
            var suspending = engine.SuspendAsync("s", null, None);
            worker.Answer(await worker.NextTurnAsync());
            await suspending.WaitAsync(ScriptedWorker.Patience);
            await engine.RaiseEventAsync("s", "first", null, None);
            await worker.AnswerAsync(activity, "\"result\"");
            place.Clock.Step(TimeSpan.FromMinutes(2));
        }

        engine = await place.RestartAsync(engine);
        await engine.RaiseEventAsync("s", "second", null, None);
        engine = await place.RestartAsync(engine);
        Assert.Equal(OrchestrationStatus.Suspended, (await engine.GetAsync("s", withData: false, None))!.WorkflowStatus);
        await using var next = new ScriptedWorker(engine);
        Assert.False(next.HasItem);
        var resuming = engine.ResumeAsync("s", null, None);
        List<HistoryEvent> held = [];
        while (held.Count < 5)
        {
            var turn = await next.NextTurnAsync();
            held.AddRange(turn.New);
            next.Answer(turn);
        }

        await resuming.WaitAsync(ScriptedWorker.Patience);
        Assert.Equal(Kind.ExecutionResumed, held[0].EventTypeCase);
        Assert.Equal(["first", "second"], held.Where(e => e.EventRaised is not null).Select(e => e.EventRaised.Name));
        Assert.Equal("\"result\"", held.Single(e => e.TaskCompleted is not null).TaskCompleted.Result);
        Assert.Single(held, e => e.TimerFired is not null);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_termination_that_nobody_could_carry_out_ends_the_instance_after_the_restart(string type)
    {
        await using var place = await PlaceOn(type);
        var engine = place.Start();
        await using (await StartAsync(engine, "t", Act.Timer(0, place.Clock.GetUtcNow().AddDays(1))))
        {
        }

        using var impatient = new CancellationTokenSource();
        var terminating = engine.TerminateAsync("t", "\"enough\"", recursive: false, impatient.Token);
        while ((await place.Store.KeysAsync()).All(key => !key.Contains("||t||inbox-", StringComparison.Ordinal)))
        {
            await Task.Yield();
        }

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => terminating);
        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine, _ => []);
        var state = await engine.WaitForCompletionAsync("t", withData: true, None).WaitAsync(ScriptedWorker.Patience);
        engine = await place.RestartAsync(engine);

        Assert.Equal(OrchestrationStatus.Terminated, state.WorkflowStatus);
        Assert.Equal(OrchestrationStatus.Terminated, (await engine.GetAsync("t", withData: false, None))!.WorkflowStatus);
        Assert.Equal("\"enough\"", state.Output);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_purged_instance_is_gone_for_good_and_its_id_is_free(string type)
    {
        await using var place = await PlaceOn(type);
        var engine = place.Start();
        await using (await StartAsync(engine, "p", Act.Task(0), Act.Timer(1, place.Clock.GetUtcNow().AddMinutes(1))))
        {
            await engine.RaiseEventAsync("p", "e", null, None);
            Assert.Equal(1, await engine.PurgeAsync("p", recursive: true, force: true, None));
        }

        engine = await place.RestartAsync(engine);
        place.Clock.Step(TimeSpan.FromMinutes(2));
        Assert.Null(await engine.GetAsync("p", withData: false, None));
        Assert.Empty(await place.Store.KeysAsync());
        await using var next = await StartAsync(engine, "p", Act.Complete(0));
        Assert.Equal(OrchestrationStatus.Completed, (await engine.GetAsync("p", withData: false, None))!.WorkflowStatus);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task An_instance_that_continued_as_new_goes_on_with_its_input_and_its_carried_events(string type)
    {
        await using var place = await PlaceOn(type);
        var engine = place.Start();
        var again = Act.Complete(0, "\"2\"", OrchestrationStatus.ContinuedAsNew);
        again.CompleteWorkflow.CarryoverEvents.Add(new HistoryEvent { EventId = -1, EventRaised = new EventRaisedEvent { Name = "carried" } });
        await using (var worker = await StartAsync(engine, "c", again))
        {
            await worker.NextTurnAsync();
        }

        await engine.RaiseEventAsync("c", "later", null, None);
        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine);
        var turn = await next.NextTurnAsync();

        Assert.Empty(turn.Request.PastEvents);
        Assert.Equal([Kind.ExecutionStarted, Kind.EventRaised, Kind.EventRaised], turn.New.Select(e => e.EventTypeCase));
        Assert.Equal("\"2\"", turn.Started.Input);
        Assert.Equal(["carried", "later"], turn.New.Skip(1).Select(e => e.EventRaised.Name));
    }

    [Fact]
    public async Task A_late_result_of_the_execution_before_does_not_resolve_a_task_of_the_next()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        HistoryEvent late;
        await using (var worker = await StartAsync(engine, "c", Act.Task(0)))
        {
            var activity = await worker.NextActivityAsync();
            late = new HistoryEvent { EventId = -1, TaskCompleted = new TaskCompletedEvent { TaskScheduledId = 0, Result = "\"old\"", TaskExecutionId = activity.TaskExecutionId } };
            await worker.AnswerAsync(activity, "\"old\"");
            worker.Answer(await worker.NextTurnAsync(), Act.Complete(1, null, OrchestrationStatus.ContinuedAsNew));
            worker.Answer(await worker.NextTurnAsync(), Act.Task(0));
            await worker.NextActivityAsync();
        }

        // A key that was on its way to the store when the host died.
        await place.Store.ExecuteAsync(new Sidecar.Runtime.State.SetState("app||dapr.internal.default.app.workflow||c||inbox-000099", Google.Protobuf.MessageExtensions.ToByteArray(late)), None);
        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine);
        await next.AnswerAsync(await next.NextActivityAsync(), "\"new\"");

        Assert.Equal("\"new\"", Assert.Single((await next.NextTurnAsync()).New).TaskCompleted.Result);
    }

    [Fact]
    public async Task A_childs_result_for_a_suspended_parent_outlives_the_child()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using (var worker = await StartAsync(engine, "parent", Act.Child(0, "Child", "kid")))
        {
            var child = await worker.NextTurnAsync();
            var suspending = engine.SuspendAsync("parent", null, None);
            worker.Answer(await worker.NextTurnAsync());
            await suspending.WaitAsync(ScriptedWorker.Patience);
            worker.Answer(child, Act.Complete(0, "\"kid's result\""));
            await engine.WaitForCompletionAsync("kid", withData: false, None).WaitAsync(ScriptedWorker.Patience);
            while ((await place.Store.KeysAsync()).All(key => !key.Contains("||parent||inbox-", StringComparison.Ordinal)))
            {
                await Task.Yield();
            }

            await engine.PurgeAsync("kid", recursive: false, force: false, None);
        }

        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine);
        var resuming = engine.ResumeAsync("parent", null, None);
        next.Answer(await next.NextTurnAsync());
        await resuming.WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("\"kid's result\"", Assert.Single((await next.NextTurnAsync()).New).ChildWorkflowInstanceCompleted.Result);
    }

    [Fact]
    public async Task A_client_whose_event_failed_does_not_meet_it_after_a_restart()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using (await StartAsync(engine, "e", Act.Timer(0, place.Clock.GetUtcNow().AddDays(1))))
        {
        }

        var broken = 1;
        place.Store.AfterWrite = _ =>
        {
            if (Interlocked.Exchange(ref broken, 0) == 1)
            {
                throw new IOException("connection lost after the commit");
            }
        };
        await Assert.ThrowsAsync<IOException>(() => engine.RaiseEventAsync("e", "refused", null, None));
        await engine.RaiseEventAsync("e", "taken", null, None);
        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine);

        Assert.Equal("taken", Assert.Single((await next.NextTurnAsync()).New).EventRaised.Name);
    }
}
