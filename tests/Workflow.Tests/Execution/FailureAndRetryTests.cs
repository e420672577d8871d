using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using CreateTimer = Dapr.Protocol.Workflow.CreateTimerAction.OriginOneofCase;

namespace Workflow.Tests.Execution;

public class FailureAndRetryTests
{
    private static readonly WorkflowTaskOptions ThreeAttempts = new(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(10), backoffCoefficient: 2));

    [Fact]
    public void A_failed_activity_can_be_caught_with_its_details()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            try
            {
                await context.CallActivityAsync("Charge");
                return "charged";
            }
            catch (WorkflowTaskFailedException e)
            {
                return $"{e.FailureDetails.ErrorType}|{e.FailureDetails.ErrorMessage}|{e.FailureDetails.IsCausedBy<ArgumentException>()}|{e.FailureDetails.IsCausedBy<FormatException>()}";
            }
        });
        turns.Start();

        var completion = turns.Failed(0, "System.ArgumentNullException", "no card").Completion();

        Assert.Equal(OrchestrationStatus.Completed, completion.WorkflowStatus);
        Assert.Equal("\"System.ArgumentNullException|no card|True|False\"", completion.Result);
    }

    [Fact]
    public void A_failed_activity_that_is_not_caught_fails_the_workflow()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) => await context.CallActivityAsync<string>("Charge"));
        turns.Start();

        var failure = turns.Failed(0, message: "no card").Completion().FailureDetails;

        Assert.Equal("Dapr.Workflow.WorkflowTaskFailedException", failure.ErrorType);
        Assert.Equal("Task failed: no card", failure.ErrorMessage);
    }

    [Fact]
    public void Of_what_is_processed_in_parallel_everything_is_tried_and_every_failure_told()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            try
            {
                await context.ProcessInParallelAsync([1, 2, 3], i => i == 2 ? throw new FormatException("two") : context.CallActivityAsync<int>("Price", i), maxConcurrency: 1);
                return "priced";
            }
            catch (AggregateException e)
            {
                return $"{e.Message}|{string.Join('|', e.InnerExceptions.Select(inner => inner.GetType().Name))}";
            }
        });
        turns.Start();
        turns.Failed(0, message: "one");

        var result = turns.Completed(1, "3").Completion().Result;

        Assert.Equal("\"2 out of 3 tasks failed (Task failed: one) (two)|WorkflowTaskFailedException|FormatException\"", result);
    }

    [Fact]
    public void A_retried_activity_waits_on_durable_timers_and_keeps_its_execution_id()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) => await context.CallActivityAsync<string>("Charge", 5, ThreeAttempts));
        var begin = turns.Now;

        var first = turns.Start().Only().ScheduleTask;
        var wait = turns.Failed(0).Only().CreateTimer;
        var second = turns.Fired(1).Only().ScheduleTask;
        var longerWait = turns.Failed(2).Only().CreateTimer;
        var third = turns.Fired(3).Only().ScheduleTask;

        Assert.Equal(begin.AddSeconds(10), wait.FireAt.ToDateTime());
        Assert.Equal(begin.AddSeconds(30), longerWait.FireAt.ToDateTime());
        Assert.Equal(CreateTimer.ActivityRetry, wait.OriginCase);
        Assert.Equal(first.TaskExecutionId, wait.ActivityRetry.TaskExecutionId);
        Assert.Single(new[] { first.TaskExecutionId, second.TaskExecutionId, third.TaskExecutionId }.Distinct());
        Assert.Equal("5", third.Input);
        Assert.Equal("\"done\"", turns.Completed(4, "\"done\"").Completion().Result);
    }

    [Fact]
    public void After_the_last_attempt_the_failure_comes_through()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) => await context.CallActivityAsync<string>("Charge", null, ThreeAttempts));
        turns.Start();
        turns.Failed(0);
        turns.Fired(1);
        turns.Failed(2);
        turns.Fired(3);

        Assert.Equal(OrchestrationStatus.Failed, turns.Failed(4).Completion().WorkflowStatus);
    }

    [Fact]
    public void A_failure_that_is_not_retriable_is_not_retried()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) => await context.CallActivityAsync<string>("Charge", null, ThreeAttempts));
        turns.Start();

        Assert.Equal(OrchestrationStatus.Failed, turns.Failed(0, isNonRetriable: true).Completion().WorkflowStatus);
    }

    [Fact]
    public void No_attempt_is_made_after_the_retry_timeout()
    {
        var policy = new WorkflowRetryPolicy(10, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(15));
        var turns = WorkflowTurns.Of<string, string>(async (context, _) => await context.CallActivityAsync<string>("Charge", null, new WorkflowTaskOptions(policy)));
        turns.Start();
        turns.Failed(0);
        turns.Fired(1);
        turns.Now = turns.Now.AddSeconds(10);

        Assert.Equal(OrchestrationStatus.Failed, turns.Failed(2).Completion().WorkflowStatus);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(4, 45)]
    [InlineData(50, 45)]
    public void Waits_grow_up_to_the_longest(int attempts, int seconds)
    {
        var policy = new WorkflowRetryPolicy(100, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(45));

        Assert.Equal(TimeSpan.FromSeconds(seconds), policy.NextDelay(attempts, TimeSpan.Zero));
    }

    [Fact]
    public void A_policy_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.FromSeconds(1), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.FromSeconds(2), 1, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.FromSeconds(2), retryTimeout: TimeSpan.FromSeconds(1)));
    }
}
