using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

public sealed class WorkflowQuarantineTests
{
    private const string Keys = "app||dapr.internal.default.app.workflow||";
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>What can be wrong with the stored state of an instance, and the key that is to blame.</summary>
    public static TheoryData<string, string> Damages => new()
    {
        { "a history chunk is missing", "history-000000" },
        { "a history chunk is garbled", "history-000000" },
        { "a history chunk is empty", "metadata" },
        { "an event is of no known kind", "history-000000" },
        { "the store cannot decode a chunk", "history-000001" },
        { "metadata is missing", "metadata" },
        { "metadata is no JSON", "metadata" },
        { "metadata speaks of more events", "metadata" },
        { "metadata counts backwards", "metadata" },
        { "the start is missing", "metadata" },
        { "a waiting event is garbled", "inbox-000000" },
        { "a timer has no time", "" },
    };

    private static async Task DamageAsync(WorkflowPlace place, string damage)
    {
        var (part, value) = damage switch
        {
            "a history chunk is missing" => ("history-000000", null),
            "a history chunk is garbled" => ("history-000000", new byte[] { 0xff, 0xff, 0xff }),
            "a history chunk is empty" => ("history-000000", []),
            "an event is of no known kind" => ("history-000000", Chunk(new HistoryEvent { EventId = 7 })),
            "metadata is missing" => ("metadata", null),
            "metadata is no JSON" => ("metadata", "{"u8.ToArray()),
            "metadata speaks of more events" => ("metadata", """{"generation":1,"firstChunk":0,"nextChunk":2,"events":99,"continued":false}"""u8.ToArray()),
            "metadata counts backwards" => ("metadata", """{"generation":1,"firstChunk":2,"nextChunk":-1,"events":5,"continued":false}"""u8.ToArray()),
            "the start is missing" => ("history-000000", Chunk([.. Enumerable.Repeat(new HistoryEvent { EventId = -1, WorkflowStarted = new() }, 3)])),
            "a waiting event is garbled" => ("inbox-000000", new byte[] { 0xff, 0xff, 0xff }),
            "a timer has no time" => ("history-000000", Chunk(
                new() { EventId = -1, WorkflowStarted = new() },
                new() { EventId = -1, ExecutionStarted = new() { Name = "Waits" } },
                new() { EventId = 0, TimerCreated = new() })),
            _ => ("", null),
        };
        if (part.Length == 0)
        {
            place.Store.Undecodable = $"{Keys}bad||history-000001";
            return;
        }

        await place.Store.ExecuteAsync(value is null ? new DeleteState($"{Keys}bad||{part}") : new SetState($"{Keys}bad||{part}", value), None);
    }

    private static byte[] Chunk(params HistoryEvent[] events) => new GetInstanceHistoryResponse { Events = { events } }.ToByteArray();

    /// <summary>Two instances with two turns each behind them that wait for a timer.</summary>
    private static async Task<WorkflowEngine> StartBothAsync(WorkflowPlace place)
    {
        var engine = place.Start();
        await using var worker = new ScriptedWorker(engine, turn => turn.Count(HistoryEvent.EventTypeOneofCase.TimerCreated) == 0 ? [Act.Timer(0, place.Clock.GetUtcNow().AddMinutes(1))] : []);
        foreach (var id in (string[])["bad", "good"])
        {
            await engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = "Waits" }, None);
            await engine.RaiseEventAsync(id, "seen", null, None);
            while ((await engine.GetHistoryAsync(id, None)).All(e => e.EventRaised is null))
            {
                await Task.Yield();
            }
        }

        return engine;
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_instance_is_set_aside_with_the_key_and_stops_nobody(string damage, string key)
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = await StartBothAsync(place);
        await DamageAsync(place, damage);

        engine = await place.RestartAsync(engine);
        place.Clock.Step(TimeSpan.FromMinutes(2));
        await using var worker = new ScriptedWorker(engine);
        var turn = await worker.NextTurnAsync();
        var read = await Assert.ThrowsAsync<WorkflowException>(() => engine.GetAsync("bad", withData: false, None));
        var raised = await Assert.ThrowsAsync<WorkflowException>(() => engine.RaiseEventAsync("bad", "e", null, None));
        var started = await Assert.ThrowsAsync<WorkflowException>(() => engine.StartAsync(new CreateInstanceRequest { InstanceId = "bad", Name = "Again" }, None));
        var purged = await Assert.ThrowsAsync<WorkflowException>(() => engine.PurgeAsync("bad", recursive: true, force: false, None));
        var (listed, _) = await engine.ListAsync(null, 10, None);

        Assert.Equal("good", turn.InstanceId);
        Assert.All([read, raised, started, purged], error => Assert.Equal(15, error.GrpcStatus));
        Assert.Contains("'bad' is set aside", read.Message, StringComparison.Ordinal);
        Assert.Contains(key.Length == 0 ? "cannot be taken up" : $"'{Keys}bad||{key}'", read.Message, StringComparison.Ordinal);
        Assert.Contains("purge the instance with force", read.Message, StringComparison.Ordinal);
        Assert.Equal(["bad", "good"], listed.Order(StringComparer.Ordinal));

        Assert.Equal(1, await engine.PurgeAsync("bad", recursive: true, force: true, None));
        Assert.Null(await engine.GetAsync("bad", withData: false, None));
        Assert.DoesNotContain(await place.Store.KeysAsync(), left => left.Contains("||bad", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("history-000000")]
    public async Task An_instance_whose_key_is_restored_goes_on_when_somebody_asks_for_it(string part)
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = await StartBothAsync(place);
        var whole = (await place.Store.GetAsync($"{Keys}bad||{part}", None))!.Value;
        await place.Store.ExecuteAsync(new DeleteState($"{Keys}bad||{part}"), None);
        engine = await place.RestartAsync(engine);
        await Assert.ThrowsAsync<WorkflowException>(() => engine.GetAsync("bad", withData: false, None));

        await place.Store.ExecuteAsync(new SetState($"{Keys}bad||{part}", whole), None);
        Assert.Equal(OrchestrationStatus.Running, (await engine.GetAsync("bad", withData: false, None))!.WorkflowStatus);
        place.Clock.Step(TimeSpan.FromMinutes(2));
        await using var worker = new ScriptedWorker(engine);
        string[] turns = [(await worker.NextTurnAsync()).InstanceId, (await worker.NextTurnAsync()).InstanceId];

        Assert.Equal(["bad", "good"], turns.Order(StringComparer.Ordinal));
        Assert.Equal(["bad", "good"], (await engine.ListAsync(null, 10, None)).Ids);
    }

    [Fact]
    public async Task A_parent_waits_for_a_child_that_was_set_aside()
    {
        await using var place = await WorkflowPlace.CreateAsync();
        var engine = place.Start();
        await using (var worker = new ScriptedWorker(engine))
        {
            var starting = engine.StartAsync(new CreateInstanceRequest { InstanceId = "parent", Name = "Parent" }, None);
            worker.Answer(await worker.NextTurnAsync(), Act.Child(0, "Child", "kid"));
            await starting;
            worker.Answer(await worker.NextTurnAsync(), Act.Task(0));
            await worker.NextActivityAsync();
        }

        var whole = (await place.Store.GetAsync($"{Keys}kid||history-000000", None))!.Value;
        await place.Store.ExecuteAsync(new DeleteState($"{Keys}kid||history-000000"), None);
        engine = await place.RestartAsync(engine);
        Assert.Equal(OrchestrationStatus.Running, (await engine.GetAsync("parent", withData: false, None))!.WorkflowStatus);
        await place.Store.ExecuteAsync(new SetState($"{Keys}kid||history-000000", whole), None);
        engine = await place.RestartAsync(engine);
        await using var next = new ScriptedWorker(engine, turn => turn.Name == "Parent" ? [Act.Complete(1, "\"proud\"")] : [Act.Complete(1)], request => ScriptedWorker.Completed(request, null));
        var state = await engine.WaitForCompletionAsync("parent", withData: true, None).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal("\"proud\"", state.Output);
    }
}
