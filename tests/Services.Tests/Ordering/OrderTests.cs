using Ordering.Contracts;
using Ordering.Domain;
using ServiceDefaults;

namespace Services.Tests.Ordering;

/// <summary>The order itself: submission, the gate, the end, returns.</summary>
public sealed class OrderTests
{
    private static readonly ApprovalPolicy _policy = new(100, TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    private static readonly DateTimeOffset _deadline = Some.Time.AddMinutes(15);

    [Fact]
    public void The_same_submission_twice_is_one_order()
    {
        var order = Submitted();

        Assert.Null(Submission.Submit(order, new SubmitOrder(Some.Order()), _policy, Some.Time).State);
    }

    [Fact]
    public void Another_order_under_the_same_key_is_refused() => Assert.Throws<ConflictException>(() =>
        Submission.Submit(Submitted(), new SubmitOrder(Some.Order(lines: new OrderLine("85123A", 7))), _policy, Some.Time));

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(5, 5)]
    [InlineData(1e9, 604_800)]
    public void A_deadline_of_its_own_stays_within_bounds(double asked, double given) =>
        Assert.Equal(TimeSpan.FromSeconds(given), _policy.WithinFor(TimeSpan.FromSeconds(asked)));

    [Fact]
    public void A_small_order_passes_the_gate()
    {
        var decision = Approval.Arrive(Submitted(), 100, _policy, _deadline, Some.Time);

        Assert.Null(Assert.IsType<OrderApproved>(Assert.Single(decision.Events)).ApprovedBy);
        Assert.Equal(OrderState.Approved, decision.State!.State);
    }

    [Fact]
    public void A_large_order_waits_and_is_approved_in_time()
    {
        var waiting = Waiting();
        var approved = Approval.Approve(waiting, "Grace", _deadline);

        Assert.Equal("Grace", Assert.IsType<OrderApproved>(Assert.Single(approved.Events)).ApprovedBy);
        Assert.Null(Approval.Approve(approved.State!, "Grace", _deadline).State);
    }

    [Fact]
    public void An_approval_before_the_wait_lets_the_order_pass_the_gate()
    {
        var early = Approval.Approve(Submitted(), "Grace", Some.Time);

        Assert.Empty(early.Events);
        Assert.Equal("Grace", Assert.IsType<OrderApproved>(Assert.Single(Approval.Arrive(early.State!, 500, _policy, _deadline, Some.Time).Events)).ApprovedBy);
    }

    [Fact]
    public void The_deadline_ends_the_wait()
    {
        var decision = Approval.Expire(Waiting(), _deadline);

        Assert.Equal(FailureCodes.ApprovalExpired, Assert.IsType<ApprovalExpired>(Assert.Single(decision.Events)).Failure.Code);
        Assert.Throws<ConflictException>(() => Approval.Approve(decision.State!, "Grace", _deadline));
    }

    [Fact]
    public void An_approval_that_was_first_outlives_the_deadline()
    {
        var approved = Approval.Approve(Waiting(), "Grace", _deadline).State!;

        Assert.Null(Approval.Expire(approved, _deadline).State);
    }

    [Fact]
    public void A_deadline_that_comes_early_has_to_come_again()
    {
        Assert.Throws<MissingDependencyException>(() => Approval.Expire(Waiting(), _deadline.AddTicks(-1)));
        Assert.Throws<MissingDependencyException>(() => Approval.Expire(Submitted(), _deadline));
    }

    [Fact]
    public void A_late_approval_is_refused() => Assert.Throws<ConflictException>(() => Approval.Approve(Waiting(), "Grace", _deadline.AddTicks(1)));

    [Fact]
    public void An_order_completes_once()
    {
        var completed = Completed();

        Assert.Equal(OrderState.Completed, completed.State);
        Assert.Null(Ending.Complete(completed, Some.Time).State);
        Assert.Null(Ending.End(completed, Some.Declined, Some.Time).State);
    }

    [Fact]
    public void A_failure_ends_the_order_as_rejected()
    {
        var decision = Ending.End(Submitted(), Some.Declined, Some.Time);

        Assert.IsType<OrderRejected>(Assert.Single(decision.Events));
        Assert.Null(Ending.Complete(decision.State!, Some.Time).State);
    }

    [Fact]
    public void A_customer_who_was_told_that_the_order_is_being_cancelled_finds_it_cancelled()
    {
        var cancelling = Ending.Cancel(Submitted(), "Ada", Some.Time);

        Assert.IsType<CancellationRequested>(Assert.Single(cancelling.Events));
        Assert.IsType<OrderCancelled>(Assert.Single(Ending.End(cancelling.State!, Some.Declined, Some.Time).Events));
    }

    [Fact]
    public void A_cancelled_order_does_not_pass_the_gate()
    {
        var cancelling = Ending.Cancel(Submitted(), "Ada", Some.Time).State!;

        Assert.Null(Approval.Arrive(cancelling, 50, _policy, _deadline, Some.Time).State);
        Assert.Equal(ApprovalStatus.Cancelled, Approval.Answer(cancelling).Status);
        Assert.Throws<ConflictException>(() => Approval.Approve(cancelling, "Grace", Some.Time));
    }

    [Fact]
    public void A_cancellation_that_came_too_late_becomes_a_return_of_everything()
    {
        var approved = Approval.Arrive(Submitted(), 50, _policy, _deadline, Some.Time).State!;
        var completed = Ending.Complete(Ending.Cancel(approved, "Ada", Some.Time).State!, Some.Time);

        Assert.Collection(
            completed.Events,
            first => Assert.IsType<OrderCompleted>(first),
            second => Assert.Equal(50, Assert.IsType<ReturnAccepted>(second).Amount));
        var closed = Returning.Close(completed.State!, Ending.CancellationReturn, Some.Time);
        Assert.Equal(OrderState.Refunded, closed.State!.State);
        Assert.False(closed.State.InBetween);
    }

    [Fact]
    public void A_cancellation_after_completion_is_a_return_of_what_is_left()
    {
        var partly = Returning.Accept(Completed(), new ReturnOrder("ret-1", [new OrderLine("85123A", 6)]), Some.Time).State!;
        var decision = Ending.Cancel(partly, "Ada", Some.Time);

        var accepted = Assert.IsType<ReturnAccepted>(Assert.Single(decision.Events));
        Assert.Equal([new OrderLine("71053", 2)], accepted.Lines);
        Assert.Equal(5m, accepted.Amount);
    }

    [Fact]
    public void A_return_refunds_exactly_its_lines()
    {
        var decision = Returning.Accept(Completed(), new ReturnOrder("ret-1", [new OrderLine("85123A", 2)]), Some.Time);

        Assert.Equal(5m, Assert.IsType<ReturnAccepted>(Assert.Single(decision.Events)).Amount);
        var closed = Returning.Close(decision.State!, "ret-1", Some.Time);
        Assert.IsType<ReturnCompleted>(Assert.Single(closed.Events));
        Assert.Equal(OrderState.Completed, closed.State!.State);
        Assert.Equal([new OrderLine("85123A", 4), new OrderLine("71053", 2)], Returning.Kept(closed.State));
    }

    [Fact]
    public void The_order_is_refunded_when_the_last_line_is_back()
    {
        var first = Returning.Accept(Completed(), new ReturnOrder("ret-1", [new OrderLine("85123A", 6)]), Some.Time).State!;
        var second = Returning.Accept(first, new ReturnOrder("ret-2"), Some.Time).State!;

        var one = Returning.Close(second, "ret-2", Some.Time).State!;
        Assert.Equal(OrderState.Completed, one.State);
        var both = Returning.Close(one, "ret-1", Some.Time);
        Assert.Equal(20m, Assert.IsType<OrderRefunded>(both.Events[^1]).Amount);
        Assert.Equal(OrderState.Refunded, both.State!.State);
    }

    [Fact]
    public void The_same_return_twice_is_one_return()
    {
        var command = new ReturnOrder("ret-1", [new OrderLine("85123A", 2)]);
        var order = Returning.Accept(Completed(), command, Some.Time).State!;

        Assert.Null(Returning.Accept(order, command, Some.Time).State);
        Assert.Throws<ConflictException>(() => Returning.Accept(order, new ReturnOrder("ret-1", [new OrderLine("85123A", 3)]), Some.Time));
    }

    [Theory]
    [InlineData("85123A", 7)]
    [InlineData("unknown", 1)]
    public void More_than_was_bought_cannot_come_back(string sku, int quantity) => Assert.Throws<ConflictException>(() =>
        Returning.Accept(Completed(), new ReturnOrder("ret-1", [new OrderLine(sku, quantity)]), Some.Time));

    [Fact]
    public void Only_a_completed_order_can_be_returned() => Assert.Throws<ConflictException>(() => Returning.Accept(Submitted(), new ReturnOrder("ret-1"), Some.Time));

    private static Order Submitted() => Submission.Submit(null, new SubmitOrder(Some.Order()), _policy, Some.Time).State!;

    private static Order Waiting() => Approval.Arrive(Submitted(), 500, _policy, _deadline, Some.Time).State!;

    private static Order Completed()
    {
        var priced = Submission.Priced(Submitted(), [new PricedLine("85123A", 6, 2.5m), new PricedLine("71053", 2, 2.5m)], 20, Some.Time).State!;
        return Ending.Complete(Approval.Arrive(priced, 20, _policy, _deadline, Some.Time).State!, Some.Time).State!;
    }
}
