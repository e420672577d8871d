using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using Microsoft.Extensions.Logging;
using static Workflow.Tests.Execution.WorkflowTurns;

namespace Workflow.Tests.Execution;

public class LifecycleTests
{
    [Fact]
    public void A_child_workflow_gets_an_id_of_its_own_and_gives_its_result()
    {
        var turns = WorkflowTurns.Of<string, int>(async (context, _) => await context.CallChildWorkflowAsync<int>("Child", 4));

        var child = turns.Start().Only().CreateChildWorkflow;
        var completion = turns.Turn(new HistoryEvent { ChildWorkflowInstanceCompleted = new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = 0, Result = "16" } }).Completion();

        Assert.Equal(("Child", "4"), (child.Name, child.Input));
        Assert.True(Guid.TryParse(child.InstanceId, out _));
        Assert.Equal("16", completion.Result);
    }

    [Fact]
    public void A_failed_child_is_retried_and_named_in_the_failure()
    {
        var options = new ChildWorkflowTaskOptions("child-1", new WorkflowRetryPolicy(2, TimeSpan.FromSeconds(1)), "other-app");
        var turns = WorkflowTurns.Of<string, int>(async (context, _) => await context.CallChildWorkflowAsync<int>("Child", options: options));
        var failed = new TaskFailureDetails { ErrorType = "T", ErrorMessage = "broken" };

        var first = turns.Start().Only();
        var wait = turns.Turn(new HistoryEvent { ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent { TaskScheduledId = 0, FailureDetails = failed } }).Only();
        var second = turns.Fired(1).Only();
        var end = turns.Turn(new HistoryEvent { ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent { TaskScheduledId = 2, FailureDetails = failed } }).Completion();

        Assert.Equal(("child-1", "other-app"), (first.CreateChildWorkflow.InstanceId, first.Router.TargetAppID));
        Assert.Equal("child-1", wait.CreateTimer.ChildWorkflowRetry.InstanceId);
        Assert.Equal("child-1", second.CreateChildWorkflow.InstanceId);
        Assert.Contains("'Child'", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Starting_anew_carries_what_nobody_waited_for()
    {
        var turns = WorkflowTurns.Of<int, string>(async (context, round) =>
        {
            await context.WaitForExternalEventAsync<string>("go");
            context.ContinueAsNew(round + 1);
            return "";
        });
        turns.Start("1");

        var anew = turns.Turn(Raised("other", "1"), Raised("go"), Raised("other", "2")).Only().CompleteWorkflow;

        Assert.Equal(OrchestrationStatus.ContinuedAsNew, anew.WorkflowStatus);
        Assert.Equal("2", anew.Result);
        Assert.Equal(["1", "2"], anew.CarryoverEvents.Select(e => e.EventRaised.Input));
    }

    [Fact]
    public void Starting_anew_can_leave_events_behind()
    {
        var turns = WorkflowTurns.Of<int, string>(async (context, _) =>
        {
            await context.WaitForExternalEventAsync<string>("go");
            context.ContinueAsNew(1, preserveUnprocessedEvents: false);
            return "";
        });
        turns.Start("1");

        Assert.Empty(turns.Turn(Raised("other", "1"), Raised("go")).Only().CompleteWorkflow.CarryoverEvents);
    }

    [Fact]
    public void Each_execution_of_an_instance_has_ids_of_its_own()
    {
        static string ChildOf(string execution) =>
            WorkflowTurns.Of<string, int>((context, _) => context.CallChildWorkflowAsync<int>("Child")).Start(executionId: execution).Only().CreateChildWorkflow.InstanceId;

        Assert.Equal(ChildOf("one"), ChildOf("one"));
        Assert.NotEqual(ChildOf("one"), ChildOf("two"));
    }

    [Fact]
    public void Termination_ends_the_workflow_with_the_output_given()
    {
        var turns = WorkflowTurns.Of<string, string>((context, _) => context.WaitForExternalEventAsync<string>("never"));
        turns.Start();

        var end = turns.Turn(new HistoryEvent { ExecutionTerminated = new ExecutionTerminatedEvent { Input = "\"stopped\"" } }).Completion();

        Assert.Equal((OrchestrationStatus.Terminated, "\"stopped\""), (end.WorkflowStatus, end.Result));
    }

    [Fact]
    public void A_held_workflow_asks_for_nothing_and_loses_nothing()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            context.SetCustomStatus("waiting");
            var name = await context.WaitForExternalEventAsync<string>("go");
            await context.CallActivityAsync(name);
            return "done";
        });
        turns.Start();

        Assert.Empty(turns.Turn(new HistoryEvent { ExecutionSuspended = new ExecutionSuspendedEvent() }, Raised("go", "\"Pack\"")));
        Assert.Equal("\"waiting\"", turns.CustomStatus);
        Assert.Equal("Pack", turns.Turn(new HistoryEvent { ExecutionResumed = new ExecutionResumedEvent() }).Only().ScheduleTask.Name);
        Assert.Equal("\"done\"", turns.Completed(0).Completion().Result);
    }

    [Fact]
    public void The_custom_status_is_that_of_the_last_call()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            context.SetCustomStatus(new { Step = 1 });
            await context.CallActivityAsync("A");
            context.SetCustomStatus(new { Step = 2 });
            return "";
        });

        turns.Start();
        Assert.Equal("""{"step":1}""", turns.CustomStatus);
        turns.Completed(0);
        Assert.Equal("""{"step":2}""", turns.CustomStatus);
    }

    [Fact]
    public void A_replay_safe_logger_writes_every_line_once_in_each_run_of_its_turn()
    {
        using var logs = new ListLoggerFactory();
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            var logger = context.CreateReplaySafeLogger("Saga");
            logger.LogInformation("begin");
            await context.CallActivityAsync("A");
            logger.LogInformation("end");
            return "";
        }, logs);
        turns.Start();
        turns.Completed(0);

        // Every turn of these tests runs twice.
        Assert.Equal(["Saga: begin", "Saga: begin", "Saga: end", "Saga: end"], logs.Lines.Where(line => line.StartsWith("Saga", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_change_is_taken_by_new_instances_and_recorded()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CallActivityAsync(context.IsPatched("v2") ? "New" : "Old");
            return context.IsPatched("v2") ? "new" : "old";
        });

        Assert.Equal("New", turns.Start().Only().ScheduleTask.Name);
        Assert.Equal(["v2"], turns.LastResponse.Version.Patches);
        Assert.Equal("\"new\"", turns.Completed(0).Completion().Result);
    }

    [Fact]
    public void Every_turn_reports_all_changes_taken_so_far_also_while_held()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            context.IsPatched("v2");
            await context.CallActivityAsync("A");
            context.IsPatched("v3");
            context.IsPatched("v2");
            await context.WaitForExternalEventAsync<string>("go");
            return "";
        });
        turns.Start();
        turns.Completed(0);
        Assert.Equal(["v2", "v3"], turns.LastResponse.Version.Patches);
        turns.Turn(new HistoryEvent { ExecutionSuspended = new ExecutionSuspendedEvent() });
        Assert.Equal(["v2", "v3"], turns.LastResponse.Version.Patches);
        turns.Turn(new HistoryEvent { ExecutionTerminated = new ExecutionTerminatedEvent() });
        Assert.Equal(["v2", "v3"], turns.LastResponse.Version.Patches);
    }

    [Fact]
    public void A_change_is_not_taken_by_instances_that_passed_it_before()
    {
        var old = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CallActivityAsync("Old");
            return "";
        });
        old.Start();
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CallActivityAsync(context.IsPatched("v2") ? "New" : "Old");
            return context.IsPatched("v2") ? "new" : "old";
        });
        turns.History.AddRange(old.History);

        Assert.Equal("\"old\"", turns.Completed(0).Completion().Result);
        Assert.Null(turns.LastResponse.Version);
    }

    [Fact]
    public void A_history_with_a_change_this_code_does_not_know_stalls()
    {
        var newer = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            context.IsPatched("v3");
            await context.CallActivityAsync("A");
            return "";
        });
        newer.Start();
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            return "";
        });
        turns.History.AddRange(newer.History);

        var end = turns.Completed(0).Completion();

        Assert.Equal(OrchestrationStatus.Stalled, end.WorkflowStatus);
        Assert.Contains("'v3'", end.Details, StringComparison.Ordinal);
    }

    private sealed class ListLoggerFactory : ILoggerFactory
    {
        public List<string> Lines { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => new ListLogger(categoryName, Lines);

        public void Dispose()
        {
        }
    }

    private sealed class ListLogger(string category, List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{category}: {formatter(state, exception)}");
    }
}
