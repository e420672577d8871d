using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using static Workflow.Tests.Execution.WorkflowTurns;

namespace Workflow.Tests.Execution;

public class TimerAndEventTests
{
    [Fact]
    public void A_timer_is_durable_and_wakes_the_workflow()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromMinutes(5));
            return "late";
        });

        var timer = turns.Start().Only().CreateTimer;

        Assert.Equal(turns.Now.AddMinutes(5), timer.FireAt.ToDateTime());
        Assert.Equal(CreateTimerAction.OriginOneofCase.CreateTimer, timer.OriginCase);
        Assert.Equal("\"late\"", turns.Fired(0).Completion().Result);
    }

    [Fact]
    public void A_cancelled_timer_ends_its_wait_and_its_firing_is_ignored()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            using var stop = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromMinutes(5), stop.Token);
            await context.CallActivityAsync("A");
            stop.Cancel();
            await Assert.ThrowsAsync<TaskCanceledException>(() => timer);
            await context.CallActivityAsync("B");
            return "done";
        });
        turns.Start();
        turns.Completed(1);

        Assert.Empty(turns.Fired(0));
        Assert.Equal("\"done\"", turns.Completed(2).Completion().Result);
    }

    [Fact]
    public void Events_are_taken_in_the_order_of_their_arrival_and_by_name_without_case()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            var first = await context.WaitForExternalEventAsync<int>("approval");
            var second = await context.WaitForExternalEventAsync<int>("APPROVAL");
            var other = await context.WaitForExternalEventAsync<int>("other");
            return $"{first},{second},{other}";
        });
        turns.Start();
        turns.Turn(Raised("Approval", "1"), Raised("other", "3"), Raised("approval", "2"));

        Assert.Equal("\"1,2,3\"", turns.Completed(0).Completion().Result);
    }

    [Fact]
    public void Of_several_waits_the_first_gets_the_first_event()
    {
        var turns = WorkflowTurns.Of<string, string[]>((context, _) =>
            Task.WhenAll(context.WaitForExternalEventAsync<string>("e"), context.WaitForExternalEventAsync<string>("e")));
        turns.Start();

        Assert.Empty(turns.Turn(Raised("e", "\"a\"")));
        Assert.Equal("""["a","b"]""", turns.Turn(Raised("e", "\"b\"")).Completion().Result);
    }

    [Fact]
    public void An_event_in_time_wins_over_its_timeout()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            var approved = await context.WaitForExternalEventAsync<bool>("approval", TimeSpan.FromHours(1));
            await context.CallActivityAsync("A");
            return approved ? "approved" : "refused";
        });

        var timer = turns.Start().Only().CreateTimer;
        Assert.Equal("approval", timer.ExternalEvent.Name);
        Assert.Equal(1, turns.Turn(Raised("approval", "true")).Only().Id);
        Assert.Empty(turns.Fired(0));
        Assert.Equal("\"approved\"", turns.Completed(1).Completion().Result);
    }

    [Fact]
    public void After_the_timeout_a_late_event_goes_to_the_next_wait()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            try
            {
                await context.WaitForExternalEventAsync<string>("approval", TimeSpan.FromHours(1));
                return "in time";
            }
            catch (TaskCanceledException)
            {
                return await context.WaitForExternalEventAsync<string>("approval");
            }
        });
        turns.Start();

        Assert.Empty(turns.Fired(0));
        Assert.Equal("\"late\"", turns.Turn(Raised("approval", "\"late\"")).Completion().Result);
    }

    [Fact]
    public void A_timeout_of_zero_takes_only_what_is_there()
    {
        var turns = WorkflowTurns.Of<string, string>(async (context, _) =>
        {
            await Assert.ThrowsAsync<TaskCanceledException>(() => context.WaitForExternalEventAsync<string>("approval", TimeSpan.Zero));
            await context.CallActivityAsync("A");
            return await context.WaitForExternalEventAsync<string>("approval", TimeSpan.Zero);
        });

        Assert.Equal("A", turns.Start().Only().ScheduleTask.Name);
        turns.Turn(Raised("approval", "\"there\""));
        Assert.Equal("\"there\"", turns.Completed(0).Completion().Result);
    }

    [Fact]
    public void A_negative_timeout_waits_without_end()
    {
        var turns = WorkflowTurns.Of<string, string>((context, _) => context.WaitForExternalEventAsync<string>("approval", Timeout.InfiniteTimeSpan));

        var timer = turns.Start().Only().CreateTimer;

        Assert.Equal((253402300799L, 999999999), (timer.FireAt.Seconds, timer.FireAt.Nanos));
        Assert.Equal("\"yes\"", turns.Turn(Raised("approval", "\"yes\"")).Completion().Result);
    }

    [Fact]
    public void An_event_can_be_sent_to_another_instance()
    {
        var turns = WorkflowTurns.Of<string, string>((context, _) =>
        {
            context.SendEvent("order-2", "ping", new { Value = 1 });
            return Task.FromResult("");
        });

        var sent = turns.Start().Single(action => action.SendEvent is not null).SendEvent;

        Assert.Equal(("order-2", "ping", """{"value":1}"""), (sent.Instance.InstanceId, sent.Name, sent.Data));
    }
}
