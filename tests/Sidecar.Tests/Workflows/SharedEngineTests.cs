using Conformance;
using Dapr.Protocol.Workflow;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;
using Sidecar.Tests.Jobs;

namespace Sidecar.Tests.Workflows;

public sealed class SharedEngineTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static WorkflowBlock BlockOf(SharedInstances host, IStateStore? store, ConfigurationSpec? configuration = null)
    {
        var component = new Component
        {
            Name = "store",
            Type = "state.in-memory",
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["actorStateStore"] = "true" },
        };
        return new WorkflowBlock(new SidecarContext
        {
            Options = new SidecarOptions { AppId = "app" },
            Resources = new SidecarResources { Configuration = configuration ?? new() },
            Components = store is null
                ? new LoadedComponents()
                : new LoadedComponents { StateStores = new Dictionary<string, LoadedComponent<IStateStore>> { ["store"] = new(component, store) } },
            App = new FakeApp(),
            Policies = new ResiliencyPolicies([], TimeProvider.System),
            SchedulerStore = store!,
            Shared = host,
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        });
    }

    [Fact]
    public async Task Two_sidecars_of_one_app_share_instances_and_workers()
    {
        await using var components = new ComponentPlace();
        var host = new SharedInstances();
        await using var first = BlockOf(host, await components.MakeAsync<IStateStore>("state.in-memory", []));
        var second = BlockOf(host, await components.MakeAsync<IStateStore>("state.in-memory", []));
        await first.StartAsync(None);
        await second.StartAsync(None);

        Assert.Same(await first.GetEngineAsync(), await second.GetEngineAsync());
        await using var worker = new ScriptedWorker(await second.GetEngineAsync(), turn => Act.Steps(turn, 1));
        var engine = await first.GetEngineAsync();
        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "shared", Name = "Steps" }, None);
        await engine.WaitForCompletionAsync("shared", withData: false, None).WaitAsync(ScriptedWorker.Patience);

        // One sidecar goes: the other still has the engine and a store.
        await second.DisposeAsync();
        await engine.StartAsync(new CreateInstanceRequest { InstanceId = "after", Name = "Steps" }, None);
        var state = await engine.WaitForCompletionAsync("after", withData: false, None).WaitAsync(ScriptedWorker.Patience);
        Assert.Equal(OrchestrationStatus.Completed, state.WorkflowStatus);
    }

    [Fact]
    public async Task Work_is_spread_over_the_streams_and_a_stuck_one_stops_nobody()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        using var hangUp = new CancellationTokenSource();
        var stuckItems = 0;
        var stuck = engine.RunWorkerAsync(
            (_, token) =>
            {
                Interlocked.Increment(ref stuckItems);
                return Task.Delay(Timeout.Infinite, token);
            },
            WorkerLimits.Default,
            hangUp.Token);
        await using var one = new ScriptedWorker(engine, turn => Act.Steps(turn, 2));
        await using var two = new ScriptedWorker(engine, turn => Act.Steps(turn, 2));

        var starting = Enumerable.Range(0, 20).Select(i => engine.StartAsync(new CreateInstanceRequest { InstanceId = $"i{i}", Name = "Steps" }, None)).ToList();
        var ending = Enumerable.Range(0, 20).Select(i => engine.WaitForCompletionAsync($"i{i}", withData: false, None)).ToList();
        while (ending.Count(task => task.IsCompleted) < 18)
        {
            await Task.WhenAny(ending.Where(task => !task.IsCompleted)).WaitAsync(ScriptedWorker.Patience);
        }

        // What the stuck stream holds, at most one turn and one activity, goes to the others when it is gone.
        Assert.InRange(stuckItems, 0, 2);
        await hangUp.CancelAsync();
        await stuck;
        await Task.WhenAll(ending).WaitAsync(ScriptedWorker.Patience);
        await Task.WhenAll(starting);
    }

    [Fact]
    public async Task No_more_turns_are_with_workers_than_the_configuration_says()
    {
        await using var components = new ComponentPlace();
        await using var block = BlockOf(new SharedInstances(), await components.MakeAsync<IStateStore>("state.in-memory", []), new ConfigurationSpec { MaxConcurrentWorkflows = 1 });
        var engine = await block.GetEngineAsync();
        await using var worker = new ScriptedWorker(engine);

        var starts = Enumerable.Range(0, 2).Select(i => engine.StartAsync(new CreateInstanceRequest { InstanceId = $"i{i}", Name = "One" }, None)).ToList();
        var first = await worker.NextTurnAsync();
        Assert.False(worker.HasItem);
        worker.Answer(first, Act.Complete(0));
        worker.Answer(await worker.NextTurnAsync(), Act.Complete(0));

        await Task.WhenAll(starts).WaitAsync(ScriptedWorker.Patience);
    }

    [Fact]
    public async Task Without_an_actor_state_store_workflows_are_refused_in_Daprs_words()
    {
        await using var block = BlockOf(new SharedInstances(), null);
        await block.StartAsync(None);

        var error = await Assert.ThrowsAsync<DaprApiException>(async () => await block.GetEngineAsync());

        Assert.Equal("ERR_ACTOR_RUNTIME_NOT_FOUND", error.ErrorCode);
        Assert.Contains("actorStateStore", error.Message, StringComparison.Ordinal);
    }
}
