using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

/// <summary>Turns that no worker here can make, while versions of an app change.</summary>
public sealed class WorkflowStallTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly WorkflowAction NotMine = new() { WorkflowVersionNotAvailable = new WorkflowVersionNotAvailableAction() };

    private static void Answer(WorkflowEngine engine, TurnView turn, string[] patches, params WorkflowAction[] actions)
    {
        var response = turn.Answer(actions);
        response.Version = new WorkflowVersion { Patches = { patches } };
        engine.CompleteWorkflow(response);
    }

    private static async Task<WorkflowState> StalledAsync(WorkflowEngine engine, string id)
    {
        while (true)
        {
            if (await engine.GetAsync(id, withData: false, None) is { WorkflowStatus: OrchestrationStatus.Stalled } state)
            {
                return state;
            }

            await Task.Yield();
        }
    }

    private static async Task<string> ReasonAsync(WorkflowEngine engine, string id)
    {
        await StalledAsync(engine, id);
        var stalled = (await engine.GetHistoryAsync(id, None))[^1].ExecutionStalled;
        return $"{stalled.Reason}: {stalled.Description}";
    }

    [Fact]
    public async Task A_start_that_stalls_is_not_lost_with_the_host()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using (var old = new ScriptedWorker(engine))
        {
            var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "v", Name = "New", Input = "\"1\"" }, None);
            old.Answer(await old.NextTurnAsync(), NotMine);
            await starting.WaitAsync(ScriptedWorker.Patience);

            // Another host on the same store, while the first never got to stop.
            engine = place.Start();
        }

        Assert.Equal(OrchestrationStatus.Stalled, (await engine.GetAsync("v", withData: false, None))!.WorkflowStatus);
        await using var updated = new ScriptedWorker(engine, _ => [Act.Complete(0)]);
        var state = await engine.WaitForCompletionAsync("v", withData: true, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("\"1\"", state.Input);
    }

    [Fact]
    public async Task In_a_rolling_update_a_stalled_instance_goes_on_when_the_last_old_worker_leaves()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        var old = new ScriptedWorker(engine, _ => [NotMine]);
        _ = engine.StartAsync(new CreateInstanceRequest { InstanceId = "v", Name = "New" }, None);
        await StalledAsync(engine, "v");

        // Which of two workers gets a turn is chance: this one is old as well, until the first has gone.
        var isOld = true;
        await using var other = new ScriptedWorker(engine, _ => isOld ? [NotMine] : [Act.Complete(0)]);
        await StalledAsync(engine, "v");
        isOld = false;
        await old.DisposeAsync();
        var state = await engine.WaitForCompletionAsync("v", withData: false, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal(OrchestrationStatus.Completed, state.WorkflowStatus);
    }

    [Theory]
    [InlineData("a,b", "a,b,c", null)]
    [InlineData("a,b", "a,a,b,b", null)]
    [InlineData("a,b", "b,a", "Patch mismatch. History patches: [a, b], current patches: [b, a]. ")]
    [InlineData("a,b", "a", "Patch mismatch. History patches: [a, b], current patches: [a]. ")]
    [InlineData("a", "", "Patch mismatch. History patches: [a], current patches: []. ")]
    public async Task What_the_history_has_taken_must_be_the_beginning_of_what_the_code_takes(string history, string current, string? description)
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Patched" }, None);
        Answer(engine, await worker.NextTurnAsync(), history.Split(','), Act.Task(0));
        await starting.WaitAsync(ScriptedWorker.Patience);
        await worker.AnswerAsync(await worker.NextActivityAsync(), null);
        Answer(engine, await worker.NextTurnAsync(), current.Split(',', StringSplitOptions.RemoveEmptyEntries), Act.Complete(1));

        if (description is null)
        {
            Assert.Equal(OrchestrationStatus.Completed, (await engine.WaitForCompletionAsync("p", withData: false, None).WaitAsync(ScriptedWorker.Patience)).WorkflowStatus);
        }
        else
        {
            Assert.Equal($"PatchMismatch: {description}", await ReasonAsync(engine, "p"));
        }
    }

    [Fact]
    public async Task A_stalled_instance_can_be_terminated_though_no_worker_knows_it()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, _ => [NotMine]);
        _ = engine.StartAsync(new CreateInstanceRequest { InstanceId = "v", Name = "New" }, None);
        await StalledAsync(engine, "v");

        await engine.TerminateAsync("v", "\"given up\"", recursive: false, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("\"given up\"", (await engine.GetAsync("v", withData: true, None))!.Output);
    }

    [Fact]
    public async Task An_answer_that_makes_no_sense_changes_nothing_and_the_turn_is_made_again()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "n", Name = "Nonsense" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Task(0), new WorkflowAction { Id = 1, CreateTimer = new CreateTimerAction() });
        while (!worker.HasItem)
        {
            place.Clock.Step(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var again = await worker.NextTurnAsync();
        worker.Answer(again, Act.Complete(0));
        await starting.WaitAsync(ScriptedWorker.Patience);

        Assert.Empty(again.Request.PastEvents);
        Assert.DoesNotContain(await engine.GetHistoryAsync("n", None), e => e.TaskScheduled is not null);
    }
}
