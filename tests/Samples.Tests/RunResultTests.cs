using System.Text.Json;
using Demo.Output;
using Demo.Planning;
using Demo.Running;
using Ordering.Contracts;

namespace Samples.Tests;

public sealed class RunResultTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_JSON_line_has_the_promised_members()
    {
        var result = Result([Ended(0, CoordinationStyle.Orchestrated, OrderState.Completed, 100), Ended(1, CoordinationStyle.Choreographed, OrderState.Rejected, 50)]);
        var json = result.ToJson();
        Assert.DoesNotContain('\n', json);
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(2, root.GetProperty("orders").GetInt32());
        Assert.Equal(
            """{"Completed":1,"Rejected":1,"Cancelled":0,"Refunded":0}""", root.GetProperty("ended").GetRawText());
        Assert.Equal(0, root.GetProperty("stuck").GetInt32());
        Assert.True(root.GetProperty("invariants").GetProperty("stock").GetBoolean());
        Assert.True(root.GetProperty("invariants").GetProperty("money").GetBoolean());
        Assert.Equal(100, root.GetProperty("styles").GetProperty("orchestrated").GetProperty("p50Ms").GetDouble());
        Assert.Equal(50, root.GetProperty("styles").GetProperty("choreographed").GetProperty("p99Ms").GetDouble());
        Assert.Equal(9.5, root.GetProperty("styles").GetProperty("choreographed").GetProperty("messagesPerOrder").GetDouble());
        Assert.Equal("embedded", root.GetProperty("broker").GetString());
        Assert.Equal("sqlite", root.GetProperty("store").GetString());
        Assert.Equal(2, root.GetProperty("ordersPerSecond").GetDouble());
    }

    [Fact]
    public void An_order_that_has_not_ended_is_stuck_and_spoils_the_run()
    {
        var result = Result([Ended(0, CoordinationStyle.Orchestrated, OrderState.Completed, 100), new TrackedOrder(Planned(1, CoordinationStyle.Orchestrated, Fate.Plain))]);
        Assert.Equal(1, result.Stuck);
        Assert.False(result.IsGood);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    public void A_run_is_good_only_if_both_invariants_hold(bool stock, bool money, bool good) =>
        Assert.Equal(good, Result([Ended(0, CoordinationStyle.Orchestrated, OrderState.Completed, 1)], new Invariants(stock, money)).IsGood);

    [Fact]
    public void An_order_that_waited_for_a_person_has_no_part_in_the_times()
    {
        var waited = Ended(0, CoordinationStyle.Orchestrated, OrderState.Completed, 60_000);
        waited.WaitedForApproval = true;
        Assert.Equal(10, Result([waited, Ended(1, CoordinationStyle.Orchestrated, OrderState.Completed, 10)]).Styles["orchestrated"].P99Ms);
    }

    [Fact]
    public void A_percentile_is_the_nearest_rank()
    {
        double[] sorted = [.. Enumerable.Range(1, 100).Select(i => (double)i)];
        Assert.Equal([50, 95, 99, 1], new[] { 50, 95, 99, 0.1 }.Select(percent => RunResult.Percentile(sorted, percent)));
        Assert.Equal(0, RunResult.Percentile([], 50));
    }

    [Fact]
    public void A_complete_order_is_not_done_while_its_cancellation_is_on_its_way()
    {
        Assert.False(Ended(0, CoordinationStyle.Orchestrated, OrderState.Completed, 1, Fate.Cancelled).IsDone);
        Assert.True(Ended(0, CoordinationStyle.Orchestrated, OrderState.Refunded, 1, Fate.Cancelled).IsDone);
    }

    [Theory]
    [InlineData(Fate.Plain, OrderState.Completed, true)]
    [InlineData(Fate.Plain, OrderState.Rejected, true)]
    [InlineData(Fate.Plain, OrderState.Cancelled, false)]
    [InlineData(Fate.PaymentDeclined, OrderState.Completed, false)]
    [InlineData(Fate.PaymentDeclined, OrderState.Rejected, true)]
    [InlineData(Fate.LargeExpires, OrderState.Rejected, true)]
    [InlineData(Fate.Cancelled, OrderState.Cancelled, true)]
    [InlineData(Fate.Cancelled, OrderState.Completed, false)]
    [InlineData(Fate.Cancelled, OrderState.Refunded, true)]
    [InlineData(Fate.ReturnedWhole, OrderState.Refunded, true)]
    [InlineData(Fate.ReturnedWhole, OrderState.Completed, false)]
    [InlineData(Fate.ReturnedPartly, OrderState.Completed, true)]
    public void An_end_is_a_surprise_when_the_fate_does_not_allow_it(Fate fate, OrderState state, bool expected)
    {
        var order = Ended(0, CoordinationStyle.Orchestrated, state, 1, fate);
        Assert.Equal(expected, order.EndedAsPlanned);
    }

    [Fact]
    public void An_order_with_a_planned_return_is_done_only_after_the_return()
    {
        var order = Ended(0, CoordinationStyle.Orchestrated, OrderState.Completed, 1, Fate.ReturnedWhole);
        Assert.False(order.IsDone);
        order.ReturnSent = true;
        order.Last = order.Last! with { InBetween = true };
        Assert.False(order.IsDone);
        order.Last = order.Last with { State = OrderState.Refunded, InBetween = false };
        Assert.True(order.IsDone);
    }

    private static RunResult Result(IReadOnlyList<TrackedOrder> orders, Invariants? invariants = null) => RunResult.Of(
        orders, TimeSpan.FromSeconds(1), invariants ?? new Invariants(true, true), new Dictionary<string, Cost> { ["choreographed"] = new(9.5, 1, 0, 0.5) }, "embedded", "sqlite");

    private static TrackedOrder Ended(int number, CoordinationStyle style, OrderState state, double milliseconds, Fate fate = Fate.Plain) => new(Planned(number, style, fate))
    {
        OrderId = $"ord-{number}",
        Last = new OrderRow($"ord-{number}", state, s_start, s_start.AddMilliseconds(milliseconds), InBetween: false),
    };

    private static PlannedOrder Planned(int number, CoordinationStyle style, Fate fate) =>
        new(number, style, fate, "1", "card", new Address("n", "s", "c", "p", "k"), [new OrderLine("12345", 1)], []);
}
