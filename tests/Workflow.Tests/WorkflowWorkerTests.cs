using System.Diagnostics;
using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using Dapr.Workflow.Abstractions.Attributes;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workflow.Tests.Hosting;

namespace Workflow.Tests;

public sealed class Prices
{
    private readonly decimal _perLetter = 1;

    public decimal Of(string sku) => sku.Length * _perLetter;
}

public sealed class PriceActivity(Prices prices) : WorkflowActivity<string, decimal>
{
    public override Task<decimal> RunAsync(WorkflowActivityContext context, string input) => Task.FromResult(prices.Of(input));
}

[WorkflowActivity("named-activity")]
internal sealed class AnActivityWithAName : WorkflowActivity<string, string>
{
    public override Task<string> RunAsync(WorkflowActivityContext context, string input) =>
        Task.FromResult($"{context.Identifier}|{context.InstanceId}|{context.TaskExecutionKey}|{Activity.Current?.TraceId}");
}

public sealed class FailingActivity : WorkflowActivity<string, object?>
{
    public override Task<object?> RunAsync(WorkflowActivityContext context, string input) => throw new TimeoutException("too late", new FormatException("cause"));
}

public sealed class ActivityThatCannotBeCreated(IDisposable notRegistered) : WorkflowActivity<string, object?>
{
    public override Task<object?> RunAsync(WorkflowActivityContext context, string input) => Task.FromResult<object?>(notRegistered);
}

public sealed class PriceWorkflow : Workflow<string, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, string input) =>
        $"{input}={await context.CallActivityAsync<decimal>(nameof(PriceActivity), input)}";
}

public sealed class WorkflowWorkerTests
{
    [Fact]
    public async Task A_workflow_found_by_itself_runs_a_turn_and_its_token_comes_back()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.Send(new WorkItem { CompletionToken = "token-1", WorkflowRequest = FirstTurn(nameof(PriceWorkflow), "\"abc\"") });

        var (response, metadata) = await hub.NextAsync<WorkflowResponse>();
        Assert.Equal(("order-1", "token-1"), (response.InstanceId, response.CompletionToken));
        Assert.Equal(("PriceActivity", "\"abc\""), (response.Actions.Single().ScheduleTask.Name, response.Actions.Single().ScheduleTask.Input));
        Assert.Equal("secret", metadata.GetText("dapr-api-token"));
        Assert.StartsWith("dapr-sdk-dotnet/v", metadata.GetText("user-agent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_is_created_from_the_services_and_reports_its_result()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.Send(new WorkItem { CompletionToken = "token-2", ActivityRequest = Activity("priceactivity", "\"abc\"") });

        var (response, _) = await hub.NextAsync<ActivityResponse>();
        Assert.Equal(("order-1", 7, "token-2", "3"), (response.InstanceId, response.TaskId, response.CompletionToken, response.Result));
        Assert.Null(response.FailureDetails);
    }

    [Fact]
    public async Task An_activity_knows_its_key_and_continues_the_trace()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();
        var request = Activity("named-activity", "\"\"");
        request.ParentTraceContext = new TraceContext { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        hub.Send(new WorkItem { ActivityRequest = request });

        var (response, _) = await hub.NextAsync<ActivityResponse>();
        Assert.Equal("\"named-activity|order-1|key-7|0af7651916cd43dd8448eb211c80319c\"", response.Result);
    }

    [Theory]
    [InlineData("FailingActivity", "System.TimeoutException", "too late")]
    [InlineData("Unheard", "ActivityNotFoundException", "'Unheard'")]
    [InlineData("ActivityThatCannotBeCreated", "System.InvalidOperationException", "System.IDisposable")]
    public async Task A_failed_activity_reports_how(string name, string type, string message)
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.Send(new WorkItem { ActivityRequest = Activity(name, "") });

        var (response, _) = await hub.NextAsync<ActivityResponse>();
        Assert.Equal(type, response.FailureDetails.ErrorType);
        Assert.Contains(message, response.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_worker_connects_again_when_its_stream_ends()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.EndStream();

        await hub.NextAsync<GetWorkItemsRequest>();
        hub.Send(new WorkItem { ActivityRequest = Activity("PriceActivity", "\"abcd\"") });
        Assert.Equal("4", (await hub.NextAsync<ActivityResponse>()).Message.Result);
    }

    [Fact]
    public async Task An_answer_that_is_not_taken_is_offered_again()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refusals = 2;
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.Send(new WorkItem { CompletionToken = "token-1", ActivityRequest = Activity("PriceActivity", "\"abcd\"") });
        hub.Send(new WorkItem { CompletionToken = "token-2", WorkflowRequest = FirstTurn(nameof(PriceWorkflow), "\"abc\"") });

        var answers = new[] { await AnswerAsync(), await AnswerAsync(), await AnswerAsync(), await AnswerAsync() };
        Assert.Equal(["token-1", "token-2"], answers.Distinct().Order());

        async Task<string> AnswerAsync() => (await hub.Requests.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Message switch
        {
            ActivityResponse activity => activity.CompletionToken,
            WorkflowResponse turn => turn.CompletionToken,
            var other => other.ToString()!,
        };
    }

    [Fact]
    public async Task A_worker_whose_answer_is_never_taken_gives_its_stream_up_so_that_its_work_is_handed_out_anew()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refusals = 5;
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.Send(new WorkItem { ActivityRequest = Activity("PriceActivity", "\"abcd\"") });

        for (var offers = 0; offers < 5; offers++)
            await hub.NextAsync<ActivityResponse>();
        await hub.NextAsync<GetWorkItemsRequest>();
    }

    [Fact]
    public async Task A_history_that_is_not_handed_along_is_asked_for()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub);
        await hub.NextAsync<GetWorkItemsRequest>();
        var first = FirstTurn(nameof(PriceWorkflow), "\"abc\"");
        hub.History.AddRange(first.NewEvents);
        hub.History.Add(new HistoryEvent { EventId = 0, TaskScheduled = new TaskScheduledEvent { Name = "PriceActivity" } });

        hub.Send(new WorkItem
        {
            WorkflowRequest = new WorkflowRequest
            {
                InstanceId = "order-1",
                RequiresHistoryStreaming = true,
                NewEvents = { new HistoryEvent { TaskCompleted = new TaskCompletedEvent { TaskScheduledId = 0, Result = "3" } } },
            },
        });

        await hub.NextAsync<GetInstanceHistoryRequest>();
        Assert.Equal("\"abc=3\"", (await hub.NextAsync<WorkflowResponse>()).Message.Actions.Single().CompleteWorkflow.Result);
    }

    [Fact]
    public async Task An_explicit_registration_goes_before_what_is_found()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub, options => options.RegisterActivity<string, string>("PriceActivity", (_, input) => Task.FromResult("by hand: " + input)));
        await hub.NextAsync<GetWorkItemsRequest>();

        hub.Send(new WorkItem { ActivityRequest = Activity("PriceActivity", "\"abc\"") });

        Assert.Equal("\"by hand: abc\"", (await hub.NextAsync<ActivityResponse>()).Message.Result);
    }

    [Fact]
    public async Task Stopping_the_app_lets_a_running_activity_report()
    {
        var running = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var hub = await FakeTaskHub.StartAsync();
        using var app = await StartAppAsync(hub, options => options.RegisterActivity<string, string>("Slow", async (_, _) =>
        {
            running.SetResult();
            await finish.Task;
            return "finished";
        }));
        await hub.NextAsync<GetWorkItemsRequest>();
        hub.Send(new WorkItem { ActivityRequest = Activity("Slow", "\"\"") });
        await running.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var stopping = app.StopAsync();
        finish.SetResult();
        await stopping;

        Assert.Equal("\"finished\"", (await hub.NextAsync<ActivityResponse>()).Message.Result);
    }

    internal static async Task<IHost> StartAppAsync(FakeTaskHub hub, Action<WorkflowRuntimeOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("DAPR_GRPC_ENDPOINT", hub.Address), new("DAPR_API_TOKEN", "secret")]);
        builder.Services.AddSingleton<Prices>();
        if (configure is null)
            builder.Services.AddDaprWorkflow();
        else
            builder.Services.AddDaprWorkflow(configure);
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }

    private static WorkflowRequest FirstTurn(string name, string input) => new()
    {
        InstanceId = "order-1",
        NewEvents =
        {
            new HistoryEvent { EventId = -1, Timestamp = new Timestamp { Seconds = 1_700_000_000 }, WorkflowStarted = new WorkflowStartedEvent() },
            new HistoryEvent { EventId = -1, ExecutionStarted = new ExecutionStartedEvent { Name = name, Input = input, WorkflowInstance = new WorkflowInstance { InstanceId = "order-1", ExecutionId = "e" } } },
        },
    };

    private static ActivityRequest Activity(string name, string input) =>
        new() { Name = name, Input = input, TaskId = 7, TaskExecutionId = "key-7", WorkflowInstance = new WorkflowInstance { InstanceId = "order-1" } };
}
