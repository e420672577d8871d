using Sidecar.Processes;

namespace Sidecar.Cli.Tests.Processes;

public sealed class RunRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ChildProcess Sleep() =>
        ChildProcess.Start(new ChildCommand("/bin/sh", ["-c", "sleep 600"], "/", new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }), _ => { });

    private static RunRecord Record(ProcessIdentity? process, string appId) => new() { Process = process, AppId = appId, Command = "sleep 600" };

    [UnixFact]
    public async Task Leftovers_are_ended_and_strangers_that_took_over_an_id_are_not()
    {
        using var leftover = Sleep();
        using var stranger = Sleep();
        var records = new RunRecords(_folder.Path);
        records.WriteApp(Record(ProcessIdentity.Of(leftover.Id), "orders"));
        records.WriteApp(Record(ProcessIdentity.Of(stranger.Id)! with { StartedAt = "long ago" }, "payments"));
        records.WriteHost(Record(ProcessIdentity.Current with { StartedAt = "long ago" }, ""));

        var ended = new RunRecords(_folder.Path).ClearLeftovers();

        Assert.Equal(["orders"], ended.Select(record => record.AppId));
        Assert.Equal(128 + 9, await leftover.Exited);
        Assert.False(stranger.Exited.IsCompleted);
        Assert.Empty(records.Apps);
        stranger.Kill();
        await stranger.Exited;
    }

    [Fact]
    public void A_host_that_runs_is_known_and_one_that_is_gone_is_not()
    {
        var records = new RunRecords(_folder.Path);
        Assert.Null(records.RunningHost);
        records.WriteHost(Record(ProcessIdentity.Current with { StartedAt = "long ago" }, ""));
        Assert.Null(records.RunningHost);
        records.WriteHost(Record(ProcessIdentity.Current, ""));
        Assert.Equal(ProcessIdentity.Current, records.RunningHost?.Process);
    }

    [Fact]
    public void A_broken_record_is_nobody_s()
    {
        _folder.WithFile("run/app-x-0.json", "{ half").WithFile("run/host.json", "");

        Assert.Empty(new RunRecords(_folder.Path).ClearLeftovers());
        Assert.Null(new RunRecords(_folder.Path).RunningHost);
    }
}
