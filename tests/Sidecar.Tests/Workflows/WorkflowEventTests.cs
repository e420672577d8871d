using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;
using Kind = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Tests.Workflows;

public sealed class WorkflowEventTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static async Task<TurnView> StartAsync(WorkflowEngine engine, ScriptedWorker worker, string id, params WorkflowAction[] first)
    {
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = "Waits" }, None);
        var turn = await worker.NextTurnAsync();
        worker.Answer(turn, first);
        await starting.WaitAsync(ScriptedWorker.Patience);
        return turn;
    }

    [Fact]
    public async Task A_timer_fires_at_its_time_and_not_before()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var fireAt = place.Clock.GetUtcNow() + TimeSpan.FromMinutes(3);
        await StartAsync(engine, worker, "t", Act.Timer(0, fireAt));

        place.Clock.Step(TimeSpan.FromMinutes(2));
        Assert.False(worker.HasItem);
        place.Clock.Step(TimeSpan.FromMinutes(1));
        var turn = await worker.NextTurnAsync();

        Assert.Equal(0, Assert.Single(turn.New).TimerFired.TimerId);
        Assert.Equal(fireAt, turn.New[0].TimerFired.FireAt.ToDateTimeOffset());
        Assert.Equal(fireAt, turn.Request.NewEvents[0].Timestamp.ToDateTimeOffset());
    }

    [Fact]
    public async Task Timers_fire_in_the_order_of_their_times()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var now = place.Clock.GetUtcNow();
        await StartAsync(engine, worker, "t", Act.Timer(0, now.AddSeconds(20)), Act.Timer(1, now.AddSeconds(10)));

        place.Clock.Step(TimeSpan.FromSeconds(30));
        var fired = new List<int>();
        while (fired.Count < 2)
        {
            var turn = await worker.NextTurnAsync();
            fired.AddRange(turn.New.Select(e => e.TimerFired.TimerId));
            worker.Answer(turn);
        }

        Assert.Equal([1, 0], fired);
    }

    [Fact]
    public async Task Events_keep_their_order_and_go_along_with_the_turn_that_is_next()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "e", Name = "Waits" }, None);
        var first = await worker.NextTurnAsync();
        for (var i = 0; i < 3; i++)
        {
            await engine.RaiseEventAsync("e", $"event{i}", $"{i}", None);
        }

        worker.Answer(first);
        await starting;
        var turn = await worker.NextTurnAsync();

        Assert.Equal(["event0", "event1", "event2"], turn.New.Select(e => e.EventRaised.Name));
        Assert.Equal(["0", "1", "2"], turn.New.Select(e => e.EventRaised.Input));
        Assert.All(turn.New, e => Assert.Equal(-1, e.EventId));
    }

    [Fact]
    public async Task A_saved_event_leaves_nothing_behind_when_its_turn_was_made()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        await StartAsync(engine, worker, "e");

        await engine.RaiseEventAsync("e", "go", null, None);
        Assert.Contains(await place.Store.KeysAsync(), key => key.Contains("||e||inbox-", StringComparison.Ordinal));
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0));
        await engine.WaitForCompletionAsync("e", withData: false, None);

        Assert.DoesNotContain(await place.Store.KeysAsync(), key => key.Contains("inbox-", StringComparison.Ordinal));
        Assert.DoesNotContain(await place.Store.KeysAsync(), key => key.Contains(".active||", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_suspended_only_resume_and_terminate_get_through()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        await StartAsync(engine, worker, "s");
        var suspending = engine.SuspendAsync("s", "hold on", None);
        var suspended = await worker.NextTurnAsync();
        worker.Answer(suspended);
        await suspending.WaitAsync(ScriptedWorker.Patience);
        Assert.Equal(OrchestrationStatus.Suspended, (await engine.GetAsync("s", withData: false, None))!.WorkflowStatus);

        await engine.RaiseEventAsync("s", "queued", null, None);
        var resuming = engine.ResumeAsync("s", "go on", None);
        var resumed = await worker.NextTurnAsync();
        worker.Answer(resumed);
        await resuming.WaitAsync(ScriptedWorker.Patience);
        var after = await worker.NextTurnAsync();

        Assert.Equal("hold on", Assert.Single(suspended.New).ExecutionSuspended.Input);
        Assert.Equal("go on", Assert.Single(resumed.New).ExecutionResumed.Input);
        Assert.Equal("queued", Assert.Single(after.New).EventRaised.Name);
    }

    [Fact]
    public async Task Terminating_ends_a_workflow_whatever_the_worker_answers()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        await StartAsync(engine, worker, "x");

        var terminating = engine.TerminateAsync("x", "\"enough\"", recursive: false, None);
        worker.Answer(await worker.NextTurnAsync());
        await terminating.WaitAsync(ScriptedWorker.Patience);
        var state = (await engine.GetAsync("x", withData: true, None))!;
        await engine.RaiseEventAsync("x", "too late", null, None);

        Assert.Equal(OrchestrationStatus.Terminated, state.WorkflowStatus);
        Assert.Equal("\"enough\"", state.Output);
        Assert.False(worker.HasItem);
    }

    [Fact]
    public async Task Continue_as_new_drops_the_history_and_keeps_carried_events()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "c", Name = "Loops", Input = "1" }, None);
        var first = await worker.NextTurnAsync();
        var again = Act.Complete(0, "2", OrchestrationStatus.ContinuedAsNew);
        again.CompleteWorkflow.CarryoverEvents.Add(new HistoryEvent { EventId = -1, EventRaised = new EventRaisedEvent { Name = "kept" } });
        worker.Answer(first, again);
        await starting.WaitAsync(ScriptedWorker.Patience);
        var second = await worker.NextTurnAsync();
        worker.Answer(second, Act.Complete(0, "\"end\""));
        var state = await engine.WaitForCompletionAsync("c", withData: true, None);

        Assert.Empty(second.Request.PastEvents);
        Assert.Equal([Kind.ExecutionStarted, Kind.EventRaised], second.New.Select(e => e.EventTypeCase));
        Assert.Equal("2", second.Started.Input);
        Assert.NotEqual(first.Request.ExecutionId, second.Request.ExecutionId);
        Assert.Equal("2", state.Input);
        Assert.Equal(OrchestrationStatus.Completed, state.WorkflowStatus);
    }

    [Fact]
    public async Task A_workflow_that_only_continues_as_new_has_to_pause_after_twenty_rounds()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "c", Name = "Loops" }, None);
        for (var round = 0; round < 20; round++)
        {
            worker.Answer(await worker.NextTurnAsync(), Act.Complete(0, null, OrchestrationStatus.ContinuedAsNew));
        }

        await starting.WaitAsync(ScriptedWorker.Patience);
        // The answer is applied in the background: raising an event waits behind it.
        await engine.RaiseEventAsync("c", "during", null, None);
        Assert.False(worker.HasItem);
        place.Clock.Step(TimeSpan.FromSeconds(1));
        var after = await worker.NextTurnAsync();

        Assert.Equal(Kind.ExecutionStarted, after.New[0].EventTypeCase);
    }

    [Fact]
    public async Task Terminating_wins_over_continue_as_new_in_the_same_turn()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        await StartAsync(engine, worker, "w");

        var terminating = engine.TerminateAsync("w", null, recursive: false, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0, null, OrchestrationStatus.ContinuedAsNew));
        await terminating.WaitAsync(ScriptedWorker.Patience);

        Assert.Equal(OrchestrationStatus.Terminated, (await engine.GetAsync("w", withData: false, None))!.WorkflowStatus);
    }

    [Fact]
    public async Task An_event_sent_by_a_workflow_reaches_the_other()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        await StartAsync(engine, worker, "receiver");
        var send = new WorkflowAction { Id = 0, SendEvent = new SendEventAction { Instance = new WorkflowInstance { InstanceId = "receiver" }, Name = "hi", Data = "1" } };

        await StartAsync(engine, worker, "sender", send);
        var turn = await worker.NextTurnAsync();

        Assert.Equal("receiver", turn.InstanceId);
        Assert.Equal("hi", Assert.Single(turn.New).EventRaised.Name);
    }
}
