using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;
using Kind = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Tests.Workflows;

/// <summary>A workflow shows its history to the activities and children for which it asks for that, and to nobody else.</summary>
public sealed class HistoryPropagationTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_activity_is_shown_the_workflow_up_to_itself_when_it_is_asked_for()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "w", Name = "Order" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Task(0, "Shown", "1").Shows(HistoryPropagationScope.OwnHistory), Act.Task(1, "Later", "2"));
        await starting;

        var activities = new[] { await worker.NextActivityAsync(), await worker.NextActivityAsync() }.OrderBy(activity => activity.TaskId).ToArray();

        var chunk = Assert.Single(activities[0].PropagatedHistory.Chunks);
        Assert.Equal((HistoryPropagationScope.OwnHistory, "app", "w", "Order"), (activities[0].PropagatedHistory.Scope, chunk.AppId, chunk.InstanceId, chunk.WorkflowName));
        Assert.Equal([Kind.WorkflowStarted, Kind.ExecutionStarted, Kind.TaskScheduled], Kinds(chunk));
        Assert.Null(activities[1].PropagatedHistory);
    }

    [Theory]
    [InlineData(HistoryPropagationScope.Lineage, 2)]
    [InlineData(HistoryPropagationScope.OwnHistory, 1)]
    public async Task A_child_keeps_what_it_is_shown_over_a_restart_and_passes_it_on_as_its_lineage(HistoryPropagationScope scope, int chunks)
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using (var worker = new ScriptedWorker(engine))
        {
            var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Parent" }, None);
            worker.Answer(await worker.NextTurnAsync(), Act.Child(0, "Child", "c").Shows(HistoryPropagationScope.OwnHistory));
            await starting;
            Assert.Equal("p", Assert.Single((await worker.NextTurnAsync()).Request.PropagatedHistory.Chunks).InstanceId);
        }

        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine);
        var turn = await next.NextTurnAsync();
        Assert.Equal([Kind.WorkflowStarted, Kind.ExecutionStarted, Kind.ChildWorkflowInstanceCreated], Kinds(Assert.Single(turn.Request.PropagatedHistory.Chunks)));
        next.Answer(turn, Act.Task(0).Shows(scope));

        var activity = await next.NextActivityAsync();
        Assert.Equal(new[] { "p", "c" }[^chunks..], activity.PropagatedHistory.Chunks.Select(chunk => chunk.InstanceId));
    }

    [Fact]
    public async Task What_continues_as_new_is_shown_its_earlier_execution_as_well()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine);
        var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "p", Name = "Parent" }, None);
        worker.Answer(await worker.NextTurnAsync(), Act.Child(0, "Child", "c").Shows(HistoryPropagationScope.Lineage));
        await starting;
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0, "again", OrchestrationStatus.ContinuedAsNew));

        var turn = await worker.NextTurnAsync();

        Assert.Equal(["p", "c"], turn.Request.PropagatedHistory.Chunks.Select(chunk => chunk.InstanceId));
        worker.Answer(turn, Act.Complete(0));
        await engine.WaitForCompletionAsync("c", withData: false, None).WaitAsync(ScriptedWorker.Patience);
        await engine.PurgeAsync("c", recursive: false, force: false, None);
        Assert.DoesNotContain((await place.Store.ListKeysAsync("", null, 100, None)).Keys, key => key.Contains("||c||", StringComparison.Ordinal));
    }

    private static IEnumerable<Kind> Kinds(PropagatedHistoryChunk chunk) => chunk.RawEvents.Select(raw => HistoryEvent.Parser.ParseFrom(raw).EventTypeCase);
}

/// <summary>Asks for history to be shown.</summary>
internal static class ShownHistory
{
    public static WorkflowAction Shows(this WorkflowAction action, HistoryPropagationScope scope)
    {
        if (action.ScheduleTask is { } task)
            task.HistoryPropagationScope = scope;
        else
            action.CreateChildWorkflow.HistoryPropagationScope = scope;
        return action;
    }
}
