using Dapr.Protocol.Workflow;
using Dapr.Workflow;

namespace Workflow.Tests.Execution;

public class ReplayTests
{
    [Fact]
    public void A_workflow_without_a_wait_completes_in_its_first_turn()
    {
        var turns = WorkflowTurns.Of<int, int>((_, input) => Task.FromResult(input * 2));

        var completion = turns.Start("21").Completion();

        Assert.Equal(OrchestrationStatus.Completed, completion.WorkflowStatus);
        Assert.Equal("42", completion.Result);
    }

    [Fact]
    public void Activities_one_after_another_are_asked_for_one_by_one()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, input) =>
        {
            var first = await context.CallActivityAsync<string>("Reserve", input);
            var second = await context.CallActivityAsync<int>("Charge", first);
            return $"{first}:{second}";
        });

        var reserve = turns.Start("\"order\"").Only();
        var charge = turns.Completed(0, "\"reserved\"").Only();
        var completion = turns.Completed(1, "7").Completion();

        Assert.Equal((0, "Reserve", "\"order\""), (reserve.Id, reserve.ScheduleTask.Name, reserve.ScheduleTask.Input));
        Assert.Equal((1, "Charge", "\"reserved\""), (charge.Id, charge.ScheduleTask.Name, charge.ScheduleTask.Input));
        Assert.NotEqual(reserve.ScheduleTask.TaskExecutionId, charge.ScheduleTask.TaskExecutionId);
        Assert.Equal("\"reserved:7\"", completion.Result);
    }

    [Fact]
    public void Activities_side_by_side_complete_in_any_order()
    {
        var turns = WorkflowTurns.Of<string, int[]>((context, _) => Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<int>("Price", i))));

        Assert.Equal([0, 1, 2], turns.Start().Select(action => action.Id));
        Assert.Empty(turns.Completed(2, "30"));
        Assert.Empty(turns.Completed(0, "10"));
        Assert.Equal("[10,20,30]", turns.Completed(1, "20").Completion().Result);
    }

    [Fact]
    public void Only_a_limited_number_runs_at_the_same_time_when_processed_in_parallel()
    {
        var turns = WorkflowTurns.Of<string, int[]>((context, _) => context.ProcessInParallelAsync([1, 2, 3], i => context.CallActivityAsync<int>("Price", i), maxConcurrency: 2));

        Assert.Equal(2, turns.Start().Count);
        Assert.Equal(2, turns.Completed(1, "20").Only().Id);
        Assert.Empty(turns.Completed(2, "30"));
        Assert.Equal("[10,20,30]", turns.Completed(0, "10").Completion().Result);
    }

    [Fact]
    public void A_result_that_comes_twice_counts_once()
    {
        var turns = WorkflowTurns.Of<string, int>(async (context, _) => await context.CallActivityAsync<int>("A") + await context.CallActivityAsync<int>("B"));
        turns.Start();
        turns.Completed(0, "1");

        Assert.Empty(turns.Completed(0, "100"));
        Assert.Equal("3", turns.Completed(1, "2").Completion().Result);
    }

    [Fact]
    public void Code_that_configures_its_awaits_runs_on_all_the_same()
    {
        var turns = WorkflowTurns.Of<string, int>(async (context, _) =>
        {
            var first = await Inner(context).ConfigureAwait(false);
            return first + await context.CallActivityAsync<int>("B").ConfigureAwait(false);

            static async Task<int> Inner(WorkflowContext context) => await context.CallActivityAsync<int>("A").ConfigureAwait(false) + 1;
        });
        turns.Start();

        Assert.Equal(1, turns.Completed(0, "1").Only().Id);
        Assert.Equal("12", turns.Completed(1, "10").Completion().Result);
    }

    [Fact]
    public void Time_and_ids_are_the_same_in_every_replay()
    {
        var seen = new List<(DateTime, Guid, Guid)>();
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            seen.Add((context.CurrentUtcDateTime, context.NewGuid(), context.NewGuid()));
            await context.CallActivityAsync("A");
            return "";
        });
        turns.Start();
        turns.Now = turns.Now.AddHours(1);
        turns.Completed(0);

        Assert.Single(seen.Distinct());
        Assert.NotEqual(seen[0].Item2, seen[0].Item3);
    }

    [Fact]
    public void Time_moves_on_with_the_turns()
    {
        var turns = WorkflowTurns.Of<string, DateTime[]>(async (context, _) =>
        {
            var begin = context.CurrentUtcDateTime;
            await context.CallActivityAsync("A");
            return [begin, context.CurrentUtcDateTime];
        });
        turns.Start();
        turns.Now = turns.Now.AddHours(1);

        Assert.Equal("""["2026-01-01T12:00:00Z","2026-01-01T13:00:00Z"]""", turns.Completed(0).Completion().Result);
    }

    [Fact]
    public void Other_code_than_the_history_was_made_by_fails_with_a_hint()
    {
        var recorded = WorkflowTurns.Of<string, string>(async (context, _) => await context.CallActivityAsync<string>("Reserve"));
        recorded.Start();
        var changed = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromHours(1));
            return "";
        });
        changed.History.AddRange(recorded.History);

        var failure = changed.Completed(0).Completion();

        Assert.Equal(OrchestrationStatus.Failed, failure.WorkflowStatus);
        Assert.Contains("IsPatched", failure.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("'Reserve'", failure.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_for_anything_else_than_the_context_fails_with_a_hint()
    {
        var foreign = new TaskCompletionSource();
        var turns = WorkflowTurns.Of<string, string>(async (_, _) =>
        {
            await foreign.Task;
            return "";
        });

        var failure = turns.Start().Completion().FailureDetails;

        Assert.Contains("belongs into an activity", failure.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workflow_that_throws_fails_with_the_exception_and_its_cause()
    {
        var turns = WorkflowTurns.Of<string, string>((_, _) => throw new InvalidOperationException("no stock", new FormatException("cause")));

        var completion = turns.Start().Completion();

        Assert.Equal(OrchestrationStatus.Failed, completion.WorkflowStatus);
        Assert.Equal("System.InvalidOperationException", completion.FailureDetails.ErrorType);
        Assert.Equal("no stock", completion.FailureDetails.ErrorMessage);
        Assert.Equal("System.FormatException", completion.FailureDetails.InnerFailure.ErrorType);
    }

    [Fact]
    public void An_unknown_workflow_fails_as_WorkflowNotFound()
    {
        var completion = WorkflowTurns.Of<string, string>((_, _) => Task.FromResult("")).Start(name: "Other").Completion();

        Assert.Equal("WorkflowNotFound", completion.FailureDetails.ErrorType);
    }

    [Fact]
    public void An_input_that_does_not_fit_fails_the_workflow()
    {
        var completion = WorkflowTurns.Of<int, string>((_, _) => Task.FromResult("")).Start("\"text\"").Completion();

        Assert.Equal("System.Text.Json.JsonException", completion.FailureDetails.ErrorType);
    }
}
