using System.Collections.Concurrent;
using Dapr.Protocol.Workflow;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

/// <summary>
/// One story with everything an engine does, told once for every write it makes and every way that write can go wrong: activities, a child, a timer, events that wait
/// while it is suspended, an event for another instance, a detached start, continue-as-new. Whatever breaks, the story ends the same.
/// </summary>
public sealed class WorkflowCrashTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(StoreFault.FailsBefore)]
    [InlineData(StoreFault.FailsAfter)]
    [InlineData(StoreFault.DiesBefore)]
    [InlineData(StoreFault.DiesAfter)]
    public async Task A_turn_that_breaks_at_any_write_is_made_again_and_never_by_halves(StoreFault fault)
    {
        var undisturbed = await Story.TellAsync(0, StoreFault.None);
        Assert.InRange(undisturbed, 15, 60);

        for (var write = 1; write <= undisturbed; write++)
        {
            try
            {
                await Story.TellAsync(write, fault);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"write {write} of {undisturbed}, {fault}: {broken.Message}", broken);
            }
        }
    }

    private sealed class Story : IAsyncDisposable
    {
        private readonly WorkflowPlace _place;
        private readonly ConcurrentBag<(string Name, string TaskExecutionId)> _activities = [];
        private readonly Stack<WorkflowEngine> _hosts = new();
        private HostStore _store;
        private WorkflowEngine _engine;
        private ScriptedWorker _worker;

        private Story(WorkflowPlace place, HostStore store)
        {
            _place = place;
            (_store, _engine, _worker) = Open(store);
        }

        /// <summary>Tells the story and says how many writes the first host made.</summary>
        public static async Task<int> TellAsync(int faultyWrite, StoreFault fault)
        {
            await using var place = await WorkflowPlace.CreateAsync();
            var first = new HostStore(place.Store, faultyWrite, fault);
            await using var story = new Story(place, first);
            await story.TellAsync();
            return first.Writes;
        }

        public async ValueTask DisposeAsync()
        {
            await CloseAsync();
            foreach (var host in _hosts)
            {
                await host.DisposeAsync();
            }
        }

        private async Task TellAsync()
        {
            await DoAsync(engine => StartAsync(engine, "other"));
            await DoAsync(engine => StartAsync(engine, "order"));
            await DoAsync(engine => engine.SuspendAsync("order", "stock-taking", None));
            await DoAsync(engine => engine.RaiseEventAsync("order", "approve", "\"yes\"", None));
            await DoAsync(engine => engine.ResumeAsync("order", null, None));
            await DoAsync(engine => engine.WaitForCompletionAsync("order", withData: true, None));
            await DoAsync(engine => engine.RaiseEventAsync("other", "close", null, None));
            await DoAsync(engine => engine.WaitForCompletionAsync("other", withData: true, None));
            await DoAsync(engine => engine.WaitForCompletionAsync("aside", withData: true, None));

            // What the last host holds in memory must be what is stored.
            await CloseAsync();
            (_store, _engine, _worker) = Open(new HostStore(_place.Store));
            Assert.Equal("\"done\"", (await _engine.GetAsync("order", withData: true, None))!.Output);
            Assert.Equal("\"2\"", (await _engine.GetAsync("order", withData: true, None))!.Input);
            Assert.Single(await _engine.GetHistoryAsync("other", None), e => e.EventRaised?.Name == "hi");
            Assert.Equal(OrchestrationStatus.Completed, (await _engine.GetAsync("kid", withData: false, None))!.WorkflowStatus);
            Assert.Equal(OrchestrationStatus.Completed, (await _engine.GetAsync("aside", withData: false, None))!.WorkflowStatus);

            // An activity may run twice, but what one turn asked for is one task: nothing went out before its turn was saved.
            Assert.All(_activities.GroupBy(activity => activity.Name), runs => Assert.Single(runs.Distinct()));
            Assert.Equal(["capture", "pack", "reserve", "ship"], _activities.Select(activity => activity.Name).Distinct().Order());
            Assert.DoesNotContain(await _place.Store.KeysAsync(), key => key.Contains("||inbox-", StringComparison.Ordinal) || key.Contains(".active||", StringComparison.Ordinal));
        }

        /// <summary>Does what a client wants, again with the next host when one dies, again when it is refused.</summary>
        private async Task DoAsync(Func<WorkflowEngine, Task> step)
        {
            for (var tries = 0; ; tries++)
            {
                var doing = step(_engine);
                for (var i = 0; !doing.IsCompleted && !_store.Died.IsCompleted; i++)
                {
                    Assert.True(i < 3_000, "the story does not go on");
                    _place.Clock.Step(TimeSpan.FromSeconds(30));
                    await Task.WhenAny(doing, _store.Died, Task.Delay(1));
                }

                if (doing.IsCompletedSuccessfully)
                {
                    return;
                }

                Assert.True(tries < 3, "the client gives up");
                if (_store.Died.IsCompleted)
                {
                    await CloseAsync();
                    (_store, _engine, _worker) = Open(new HostStore(_place.Store));
                }

                _ = doing.ContinueWith(static broken => _ = broken.Exception, TaskScheduler.Default);
            }
        }

        private async Task CloseAsync()
        {
            try
            {
                await _worker.DisposeAsync();
            }
            catch (IOException)
            {
                // A dead host saves nothing at its end.
            }

            _hosts.Push(_engine);
        }

        private (HostStore Store, WorkflowEngine Engine, ScriptedWorker Worker) Open(HostStore store)
        {
            var engine = new WorkflowEngine(new WorkflowEngineOptions { AppId = "app", Loggers = NullLoggerFactory.Instance, Time = _place.Clock });
            engine.Attach(store);
            engine.TryStart();
            return (store, engine, new ScriptedWorker(engine, Turn, Run));
        }

        private static async Task StartAsync(WorkflowEngine engine, string id)
        {
            try
            {
                await engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = id, Input = "\"1\"" }, None);
            }
            catch (WorkflowException exists) when (exists.GrpcStatus == 6)
            {
                // The first try was saved.
            }
        }

        private ActivityResponse Run(ActivityRequest request)
        {
            _activities.Add((request.Name, request.TaskExecutionId));
            return ScriptedWorker.Completed(request, null);
        }

        private IEnumerable<WorkflowAction> Turn(TurnView turn) => turn.Name switch
        {
            "aside" => [Act.Complete(0)],
            "kid" => turn.CompletedTasks == 0 ? Once(turn, Act.Task(0, "pack")) : [Act.Complete(1, "\"kid\"")],
            "other" => turn.All.Any(e => e.EventRaised?.Name == "close") ? [Act.Complete(0)] : [],
            _ => Order(turn),
        };

        private IEnumerable<WorkflowAction> Order(TurnView turn)
        {
            if (turn.Started.Input == "\"2\"")
            {
                return turn.CompletedTasks == 0 ? Once(turn, Act.Task(0, "ship")) : [Act.Complete(1, "\"done\"")];
            }

            if (turn.CompletedTasks == 0 || turn.Count(HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted) == 0)
            {
                return Once(turn, Act.Task(0, "reserve"), Act.Child(1, "kid", "kid"));
            }

            if (turn.Count(HistoryEvent.EventTypeOneofCase.TimerFired) == 0)
            {
                return Once(turn, Act.Timer(2, _place.Clock.GetUtcNow().AddMinutes(1)));
            }

            if (turn.All.All(e => e.EventRaised?.Name != "approve"))
            {
                return [];
            }

            if (turn.CompletedTasks == 1)
            {
                var send = new SendEventAction { Instance = new WorkflowInstance { InstanceId = "other" }, Name = "hi" };
                var aside = new CreateDetachedWorkflowAction { InstanceId = "aside", Name = "aside" };
                return Once(
                    turn, new WorkflowAction { Id = 3, SendEvent = send }, Act.Task(4, "capture"), new WorkflowAction { Id = 5, CreateDetachedWorkflow = aside });
            }

            return [Act.Complete(6, "\"2\"", OrchestrationStatus.ContinuedAsNew)];
        }

        /// <summary>The actions that the history does not have yet.</summary>
        private static IEnumerable<WorkflowAction> Once(TurnView turn, params WorkflowAction[] actions) =>
            actions.Where(action => turn.All.All(e => e.EventId != action.Id || e.TaskScheduled is null && e.TimerCreated is null && e.ChildWorkflowInstanceCreated is null
                && e.EventSent is null && e.DetachedWorkflowInstanceCreated is null));
    }
}
