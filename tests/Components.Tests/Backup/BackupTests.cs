using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Conformance;
using Dapr.Protocol.Workflow;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.Backup;

/// <summary><c>deploy/backup</c> and <c>deploy/restore</c> on a real PostgreSQL: what a sidecar kept there is what the next one finds.</summary>
[NeedsServer("postgresql")]
public sealed class BackupTests(SharedServer<PostgreSqlServer> server) : IClassFixture<SharedServer<PostgreSqlServer>>
{
    [ConformanceFact]
    public async Task A_workflow_that_waited_when_it_was_backed_up_goes_on_after_everything_was_lost()
    {
        await using var place = await BackupPlace.CreateAsync(server.Server);
        string backup;
        await using (var before = await place.StartSidecarAsync())
        await using (var worker = new ApprovalWorker(before))
        {
            await worker.BeginAsync("waits");
            await worker.WaitsAsync("waits");
            backup = await place.BackUpAsync();
            await worker.BeginAsync("later");
            await worker.WaitsAsync("later");
        }

        await place.LoseEverythingAsync();
        var (exitCode, output) = await place.RestoreAsync(backup);
        Assert.True(exitCode == 0, output);

        await using var after = await place.StartSidecarAsync();
        await using var next = new ApprovalWorker(after);
        await next.ApproveAsync("waits");
        var ended = await next.EndedAsync("waits");

        Assert.Equal((OrchestrationStatus.Completed, "\"Charge done\""), (ended.WorkflowStatus, ended.Output));
        // What was done before the backup is in the history and is not done again.
        Assert.Equal(["Charge"], next.Done);
        Assert.Equal(["Reserve", "Charge"], (await next.HistoryAsync("waits")).Where(e => e.TaskScheduled is not null).Select(e => e.TaskScheduled.Name));
        Assert.Null(await next.FindAsync("later"));
    }

    [ConformanceFact]
    public async Task A_backup_beside_running_services_has_all_of_a_transaction_or_nothing()
    {
        await using var place = await BackupPlace.CreateAsync(server.Server);
        string backup;
        await using (var before = await place.StartSidecarAsync())
        {
            await SaveAsync(before, 0);
            using var enough = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                for (var number = 1; !enough.IsCancellationRequested; number++)
                {
                    await SaveAsync(before, number);
                }
            });
            backup = await place.BackUpAsync();
            await enough.CancelAsync();
            await writing;
            var more = await place.BackUpAsync("after");
            Assert.NotEqual(await File.ReadAllTextAsync(Path.Combine(backup, "tables.txt")), await File.ReadAllTextAsync(Path.Combine(more, "tables.txt")));
        }

        var (exitCode, output) = await place.RestoreAsync(backup, "--force");
        Assert.True(exitCode == 0, output);

        await using var after = await place.StartSidecarAsync();
        var (order, inbox) = (await ReadAsync(after, "order"), await ReadAsync(after, "inbox"));
        Assert.Equal(order.Number, inbox.Number);
        // The versions came back too: a write that names one is taken, one that names another is not.
        Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(after, "order", order.ETag));
        Assert.Equal(HttpStatusCode.Conflict, await WriteAsync(after, "order", order.ETag));
    }

    [ConformanceFact]
    public async Task What_is_there_is_replaced_only_by_force()
    {
        await using var place = await BackupPlace.CreateAsync(server.Server);
        await place.QueryAsync("CREATE TABLE state (key text PRIMARY KEY, value text); INSERT INTO state VALUES ('a', 'old')");
        var backup = await place.BackUpAsync();
        await place.QueryAsync("UPDATE state SET value = 'new'; CREATE TABLE others (id int); INSERT INTO others VALUES (7)");

        var refused = await place.RestoreAsync(backup);
        var kept = await place.QueryAsync("SELECT value FROM state");
        var forced = await place.RestoreAsync(backup, "--force");

        Assert.Equal((1, true), (refused.ExitCode, refused.Output.Contains("public.others (1 rows), public.state (1 rows); --force replaces it", StringComparison.Ordinal)));
        Assert.Equal(["new"], kept);
        Assert.True(forced.ExitCode == 0, forced.Output);
        Assert.Equal(["old"], await place.QueryAsync("SELECT value FROM state"));
        Assert.Equal(["7"], await place.QueryAsync("SELECT id FROM others"));
    }

    [ConformanceFact]
    public async Task A_database_that_somebody_uses_is_left_alone()
    {
        await using var place = await BackupPlace.CreateAsync(server.Server);
        await using var sidecar = await place.StartSidecarAsync();
        var backup = await place.BackUpAsync();

        var (exitCode, output) = await place.RestoreAsync(backup, "--force");

        Assert.Equal(1, exitCode);
        Assert.Contains("somebody uses the database (postgres at 127.0.0.1): stop the platform first", output, StringComparison.Ordinal);
    }

    [ConformanceTheory]
    [InlineData("state.dump")]
    [InlineData("tables.txt")]
    public async Task A_damaged_backup_changes_nothing(string damaged)
    {
        await using var place = await BackupPlace.CreateAsync(server.Server);
        await place.QueryAsync("CREATE TABLE state (key text PRIMARY KEY); INSERT INTO state SELECT md5(n::text) FROM generate_series(1, 5000) n");
        var backup = await place.BackUpAsync();
        await place.QueryAsync("DELETE FROM state WHERE key <> md5('1')");
        var file = Path.Combine(backup, damaged);
        if (damaged == "state.dump")
        {
            await using var dump = File.OpenWrite(file);
            dump.SetLength(dump.Length * 2 / 3);
        }
        else
        {
            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\t5000\t", "\t4999\t", StringComparison.Ordinal));
        }

        var (exitCode, output) = await place.RestoreAsync(backup, "--force");

        Assert.Equal(1, exitCode);
        Assert.Contains("nothing was changed", output, StringComparison.Ordinal);
        Assert.Equal(["1"], await place.QueryAsync("SELECT count(*) FROM state"));
    }

    [ConformanceFact]
    public async Task What_cannot_be_done_is_said_in_a_sentence()
    {
        await using var place = await BackupPlace.CreateAsync(server.Server);
        var nowhere = Path.Combine(Path.GetTempPath(), $"no-backup-{Guid.NewGuid():N}");
        (string Sentence, int ExitCode, string Script, string[] Arguments)[] cases =
        [
            ("deploy/backup [options] FOLDER", 0, "backup", ["--help"]),
            ("deploy/restore [options] FOLDER", 0, "restore", ["--help"]),
            ("into which folder?", 2, "backup", []),
            ("there is no option --all", 2, "restore", ["--all", nowhere]),
            ("the database has no tables", 1, "backup", ["--database", place.Url, nowhere]),
            ("is there already: a backup is never overwritten", 1, "backup", ["--database", place.Url, Path.GetTempPath()]),
            ("is no backup: it needs state.dump and tables.txt", 1, "restore", ["--database", place.Url, Path.GetTempPath()]),
            ("connection to server", 2, "backup", ["--database", "postgres://postgres@127.0.0.1:1/postgres", nowhere]),
        ];

        foreach (var (sentence, exitCode, script, arguments) in cases)
        {
            var said = await DeployScript.RunAsync(script, arguments);
            Assert.Contains(sentence, said.Output, StringComparison.Ordinal);
            Assert.Equal(exitCode, said.ExitCode);
        }

        Assert.False(Directory.Exists(nowhere));
    }

    /// <summary>An order and its inbox entry, as a service's unit of work commits them.</summary>
    private static async Task SaveAsync(TestSidecar sidecar, int number)
    {
        object[] operations = [.. new[] { "order", "inbox" }.Select(key => new { operation = "upsert", request = new { key, value = number } })];
        using var answer = await sidecar.Http.PostAsJsonAsync(new Uri("v1.0/state/statestore/transaction", UriKind.Relative), new { operations });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<(int Number, string ETag)> ReadAsync(TestSidecar sidecar, string key)
    {
        using var answer = await sidecar.Http.GetAsync(new Uri($"v1.0/state/statestore/{key}", UriKind.Relative));
        return ((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetInt32(), answer.Headers.GetValues("ETag").Single());
    }

    private static async Task<HttpStatusCode> WriteAsync(TestSidecar sidecar, string key, string etag)
    {
        object[] items = [new { key, value = 1, etag, options = new { concurrency = "first-write" } }];
        using var answer = await sidecar.Http.PostAsJsonAsync(new Uri("v1.0/state/statestore", UriKind.Relative), items);
        return answer.StatusCode;
    }
}
