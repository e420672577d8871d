using Conformance;
using Dapr.Protocol.Workflow;
using Sidecar.Servers;

namespace Sidecar.Tests.Workflows;

/// <summary>The engine on a real PostgreSQL: what it wrote before a restart is all there afterwards.</summary>
[NeedsServer("postgresql")]
public sealed class WorkflowOnPostgreSqlTests(SharedServer<PostgreSqlServer> server) : IClassFixture<SharedServer<PostgreSqlServer>>
{
    [ConformanceFact]
    public Task Workflows_go_on_after_a_restart_on_version_1() => GoOnAfterARestartAsync("v1", new() { ["tableName"] = "workflows", ["metadataTableName"] = "workflows_metadata" });

    [ConformanceFact]
    public Task Workflows_go_on_after_a_restart_on_version_2() => GoOnAfterARestartAsync("v2", new() { ["tablePrefix"] = "workflows_" });

    private async Task GoOnAfterARestartAsync(string version, Dictionary<string, string> metadata)
    {
        metadata["connectionString"] = $"postgres://postgres@127.0.0.1:{server.Server.Port}/postgres";
        await using var place = await WorkflowPlace.CreateAsync("state.postgresql", metadata, version);
        var engine = place.Start();
        await using (var worker = new ScriptedWorker(engine, turn => [Act.Timer(0, place.Clock.GetUtcNow().AddMinutes(5))]))
        {
            foreach (var id in (string[])["a", "A", "a_b", "a%b", "ä"])
                await engine.StartAsync(new CreateInstanceRequest { InstanceId = id, Name = "Waits" }, CancellationToken.None);
        }

        await engine.RaiseEventAsync("a", "meanwhile", null, CancellationToken.None);
        engine = await place.RestartAsync(engine);
        place.Clock.Step(TimeSpan.FromMinutes(6));
        await using var next = new ScriptedWorker(engine, turn => turn.All.Any(e => e.TimerFired is not null) ? [Act.Complete(1)] : []);
        foreach (var id in (string[])["a", "A", "a_b", "a%b", "ä"])
            Assert.Equal(OrchestrationStatus.Completed, (await engine.WaitForCompletionAsync(id, withData: false, CancellationToken.None).WaitAsync(ScriptedWorker.Patience)).WorkflowStatus);

        Assert.Contains(await engine.GetHistoryAsync("a", CancellationToken.None), e => e.EventRaised is not null);
        Assert.Equal(1, await engine.PurgeAsync("a", recursive: false, force: false, CancellationToken.None));
        Assert.Null(await engine.GetAsync("a", withData: false, CancellationToken.None));
        Assert.Equal(["A", "a%b", "a_b", "ä"], (await engine.ListAsync(null, 10, CancellationToken.None)).Ids);
    }
}
