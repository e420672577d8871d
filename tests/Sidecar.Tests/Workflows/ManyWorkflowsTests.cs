using Dapr.Protocol.Workflow;

namespace Sidecar.Tests.Workflows;

/// <summary>Recovery of many instances; how fast it is, `bench recovery` says.</summary>
public sealed class ManyWorkflowsTests
{
    private const int Instances = 600;
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("state.in-memory", false)]
    [InlineData("state.in-memory", true)]
    [InlineData("state.sqlite", false)]
    public async Task Many_live_instances_all_go_on_and_are_read_by_the_batch(string type, bool listingReadsAll)
    {
        await using var place = await WorkflowPlace.CreateAsync(type, type == "state.sqlite" ? new() { ["connectionString"] = "workflows.db" } : null, listingReadsAll: listingReadsAll);
        var engine = place.Start();
        var ids = Enumerable.Range(0, Instances).Select(i => $"order-{i:000}").ToList();
        await using (var worker = new ScriptedWorker(engine, turn => turn.CompletedTasks == 0 ? Act.Steps(turn, 1) : []))
        {
            await Task.WhenAll(ids.Select(id => engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = "Order" }, None)));
            foreach (var id in ids)
            {
                while ((await engine.GetHistoryAsync(id, None)).All(e => e.TaskCompleted is null))
                {
                    await Task.Delay(1);
                }
            }
        }

        await Task.WhenAll(ids.Where((_, i) => i % 3 == 0).Select(id => engine.RaiseEventAsync(id, "go", $"\"{id}\"", None)));
        await engine.DisposeAsync();
        place.Store.Reads = 0;
        engine = place.Start();
        await engine.Ready.WaitAsync(ScriptedWorker.Patience);
        var reads = place.Store.Reads;
        await using var next = new ScriptedWorker(engine, turn => turn.All.FirstOrDefault(e => e.EventRaised is not null) is { } go ? [Act.Complete(1, go.EventRaised.Input)] : []);
        await Task.WhenAll(ids.Where((_, i) => i % 3 != 0).Select(id => engine.RaiseEventAsync(id, "go", $"\"{id}\"", None)));
        var states = await Task.WhenAll(ids.Select(id => engine.WaitForCompletionAsync(id, withData: true, None))).WaitAsync(ScriptedWorker.Patience);

        Assert.Equal(ids.Select(id => $"\"{id}\""), states.Select(state => state.Output));

        // Two reads for each 64 instances and one list of each inbox; where a list walks over everything, two walks for all.
        var batches = (Instances + 63) / 64;
        Assert.InRange(reads, 1, listingReadsAll ? (2 * batches) + 2 : (2 * batches) + Instances + 1);
    }
}
