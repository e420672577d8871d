using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Ordering.Contracts;
using OrderSaga.Returns;
using OrderSaga.Versions;
using Workflow.Tests.Replay;
using ActionKind = Dapr.Protocol.Workflow.WorkflowAction.WorkflowActionTypeOneofCase;

namespace Workflow.Tests.Versioning;

/// <summary>The second version of the return as a class of its own.</summary>
internal sealed class ReturnWorkflowV2 : Workflow<ReturnAccepted, OrderState>
{
    public override Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input) => Version6UnderANewName.RunAsync(context, input);
}

/// <summary>A workflow with a class for each of its versions: new instances take the newest, those under way keep theirs.</summary>
public sealed class NamedVersionTests
{
    private const string Refund = "RefundPaymentActivity";
    private const string Restock = "RestockReturnActivity";
    private const string Close = "CloseReturnActivity";

    private static Replayer Before => Replayer.Of(typeof(ReturnWorkflow));

    private static Replayer After => Replayer.Of(typeof(ReturnWorkflow), typeof(ReturnWorkflowV2));

    /// <summary>A return that began when nobody thought of versions.</summary>
    private static RecordedHistory UnderWay => RecordedHistory.Read("return.json").After(turns: 1);

    [Fact]
    public void A_new_return_takes_the_newest_class_and_its_history_says_which()
    {
        var (activities, end, history) = After.GoOn(After.Begin(UnderWay));

        Assert.Equal([Refund, Close], activities);
        Assert.Equal(OrchestrationStatus.Completed, end.CompleteWorkflow.WorkflowStatus);
        Assert.Equal("ReturnWorkflow", history.Workflow);
        Assert.All(Versions(history), version => Assert.Equal(nameof(ReturnWorkflowV2), version.Name));
    }

    [Fact]
    public void A_return_that_began_before_the_second_version_ends_with_the_first()
    {
        var (activities, end, history) = After.GoOn(Before.Begin(UnderWay));

        Assert.Equal([Close], activities);
        Assert.Equal(OrchestrationStatus.Completed, end.CompleteWorkflow.WorkflowStatus);
        Assert.All(Versions(history), version => Assert.Equal((nameof(ReturnWorkflow), Version3Patched.SideBySide), (version.Name, Assert.Single(version.Patches))));
    }

    [Fact]
    public void A_return_that_began_before_there_were_versions_ends_with_the_class_of_its_name()
    {
        var (activities, end, _) = After.GoOn(UnderWay);

        Assert.Equal([Restock, Close], activities);
        Assert.Equal(OrchestrationStatus.Completed, end.CompleteWorkflow.WorkflowStatus);
    }

    [Fact]
    public void A_worker_without_the_version_that_is_recorded_leaves_the_turn_to_another()
    {
        var (_, end, _) = Before.GoOn(After.Begin(UnderWay));

        Assert.Equal(ActionKind.WorkflowVersionNotAvailable, end.WorkflowActionTypeCase);
    }

    [Fact]
    public void A_class_whose_name_does_not_tell_its_version_is_refused_and_an_attribute_helps()
    {
        using var services = new ServiceCollection().AddDaprWorkflowVersioning().BuildServiceProvider();

        var refusal = Assert.Throws<InvalidOperationException>(() => NamedVersions.Of([(typeof(Careless2), nameof(Careless2))], services));
        Assert.Contains("[WorkflowVersion]", refusal.Message, StringComparison.Ordinal);
        NamedVersions.Of([(typeof(Careless), nameof(Careless)), (typeof(SomethingElse), nameof(SomethingElse))], services);
        Assert.True(services.GetRequiredService<IWorkflowRouterRegistry>().TryResolveLatest(out var newest));
        Assert.Equal(nameof(SomethingElse), newest);
    }

    private static IEnumerable<WorkflowVersion> Versions(RecordedHistory history) => history.Events.Where(e => e.WorkflowStarted is not null).Select(e => e.WorkflowStarted.Version);

    private class Careless : Workflow<string, string>
    {
        public override Task<string> RunAsync(WorkflowContext context, string input) => Task.FromResult(input);
    }

    private sealed class Careless2 : Careless;

    [WorkflowVersion(CanonicalName = nameof(Careless), Version = "2")]
    private sealed class SomethingElse : Careless;
}
