using Dapr.Protocol.Workflow;
using OrderSaga.Versions;

namespace Workflow.Tests.Replay;

/// <summary>Running orders survive a new version of their workflow: histories that were recorded before the change, replayed with what came after it.</summary>
public sealed class VersionTests
{
    private const string Refund = "RefundPaymentActivity";
    private const string Restock = "RestockReturnActivity";
    private const string Close = "CloseReturnActivity";

    public static TheoryData<string> Histories => [.. RecordedHistory.Files];

    /// <summary>A return of version 1 whose refund is under way.</summary>
    private static RecordedHistory UnderWay => RecordedHistory.Read("return.json").After(turns: 1);

    [Theory]
    [MemberData(nameof(Histories))]
    public void Every_recorded_history_is_replayed_by_the_code_of_today(string file) => Assert.Null(Replayer.OfToday.FirstDifference(RecordedHistory.Read(file)));

    [Fact]
    public void The_recorded_histories_are_of_both_workflows_and_of_good_and_bad_ends() => Assert.Equal(
        ["OrderWorkflow Cancelled", "OrderWorkflow Completed", "OrderWorkflow Rejected", "ReturnWorkflow Completed"],
        RecordedHistory.Files.Select(RecordedHistory.Read).Select(history => $"{history.Workflow} {history.Events[^1].ExecutionCompleted.Result.Trim('"')}").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Version_1_is_what_was_recorded() => Assert.Null(Replayer.Of(Version1OneAfterTheOther.RunAsync).FirstDifference(RecordedHistory.Read("return.json")));

    [Fact]
    public void Version_2_breaks_a_return_that_is_under_way()
    {
        var (_, end, _) = Replayer.Of(Version2TooEarly.RunAsync).GoOn(UnderWay);

        Assert.Equal(OrchestrationStatus.Failed, end.CompleteWorkflow.WorkflowStatus);
        Assert.Contains("ask IsPatched", end.CompleteWorkflow.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_3_lets_a_return_that_is_under_way_end_as_it_began()
    {
        var (activities, end, history) = Replayer.Of(Version3Patched.RunAsync).GoOn(UnderWay);

        Assert.Equal([Restock, Close], activities);
        Assert.Equal(OrchestrationStatus.Completed, end.CompleteWorkflow.WorkflowStatus);
        Assert.DoesNotContain(history.Events, e => e.WorkflowStarted?.Version is not null);
    }

    [Fact]
    public void Version_3_does_both_at_once_in_a_new_return_and_writes_that_down()
    {
        var replayer = Replayer.Of(Version3Patched.RunAsync);
        var begun = replayer.Begin(UnderWay);
        var (activities, end, history) = replayer.GoOn(begun);

        Assert.Equal([Restock, Refund], begun.Events.Where(e => e.TaskScheduled is not null).Select(e => e.TaskScheduled.Name));
        Assert.Equal([Close], activities);
        Assert.Equal(OrchestrationStatus.Completed, end.CompleteWorkflow.WorkflowStatus);
        Assert.All(history.Events.Where(e => e.WorkflowStarted is not null), e => Assert.Equal([Version3Patched.SideBySide], e.WorkflowStarted.Version.Patches));
    }

    [Fact]
    public void Version_4_goes_on_with_returns_of_version_3_and_no_longer_with_those_of_version_1()
    {
        var replayer = Replayer.Of(Version4OldWayGone.RunAsync);

        Assert.Equal(OrchestrationStatus.Completed, replayer.GoOn(Replayer.Of(Version3Patched.RunAsync).Begin(UnderWay)).End.CompleteWorkflow.WorkflowStatus);
        Assert.Equal(OrchestrationStatus.Failed, replayer.GoOn(UnderWay).End.CompleteWorkflow.WorkflowStatus);
    }

    [Fact]
    public void A_version_that_does_not_ask_any_more_stalls_what_took_the_change()
    {
        var (_, end, _) = Replayer.Of(Version2TooEarly.RunAsync).GoOn(Replayer.Of(Version3Patched.RunAsync).Begin(UnderWay));

        Assert.Equal(OrchestrationStatus.Stalled, end.CompleteWorkflow.WorkflowStatus);
        Assert.Contains(Version3Patched.SideBySide, end.CompleteWorkflow.Details, StringComparison.Ordinal);
    }
}
