using System.Text.Json;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Cli.Tests.Processes;

namespace Sidecar.Cli.Tests.Workflows;

public sealed class WorkflowsCommandTests
{
    private static string[] Rows(string table) => [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    [UnixFact]
    public async Task An_operator_looks_at_workflows_and_manages_them_while_the_app_runs()
    {
        await using var app = new WorkflowApp();
        await app.StartAsync();
        await app.BeginAsync("Quick", "quick");
        await app.BeginAsync("Waits", "waits");
        await app.BeginAsync("Waits", "stuck");
        await app.BeginAsync("Fails", "failed");
        await app.EndedAsync("failed");

        var list = await app.SayAsync("list", "-a", "orders");
        Assert.Equal(["NAME", "ID", "STATUS", "CUSTOM", "STATUS", "AGE"], Rows(list.Output)[0].Split(' '));
        Assert.Equal(
            ["Fails failed FAILED", "Quick quick COMPLETED", "Waits stuck RUNNING", "Waits waits RUNNING"],
            Rows(list.Output)[1..].Select(row => string.Join(' ', row.Split(' ')[..3])).Order(StringComparer.Ordinal));
        var wide = await app.SayAsync("list", "--app-id", "orders", "-o", "wide", "--filter-status", "FAILED");
        Assert.EndsWith("FAILED \"looking\" no stock", Rows(wide.Output)[1], StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await app.SayAsync("list", "--output", "json", "--filter-name", "Waits", "--filter-max-age", "1h")).Output);
        Assert.Equal(["stuck", "waits"], json.RootElement.EnumerateArray().Select(row => row.GetProperty("instanceID").GetString()).Order());
        Assert.Equal("orders", json.RootElement[0].GetProperty("appID").GetString());

        var show = await app.SayAsync("show", "quick");
        Assert.Contains("Status:         COMPLETED", show.Output, StringComparison.Ordinal);
        Assert.Contains("Output:         \"in\"", show.Output, StringComparison.Ordinal);
        var history = await app.SayAsync("history", "quick");
        Assert.Equal(["WorkflowStarted", "ExecutionStarted", "ExecutionCompleted"], Rows(history.Output)[1..].Select(row => row.Split(' ')[0]));
        var events = JsonParser.Default.Parse<GetInstanceHistoryResponse>((await app.SayAsync("history", "quick", "-o", "events")).Output);
        Assert.Equal("\"in\"", events.Events[1].ExecutionStarted.Input);

        Assert.Equal("Workflow 'waits' suspended successfully\n", (await app.SayAsync("suspend", "waits", "--reason", "stock-taking")).Output);
        Assert.Equal("Workflow 'waits' raised event 'go' successfully\n", (await app.SayAsync("raise-event", "waits/go", "--input", "\"paid\"")).Output);
        Assert.Contains("SUSPENDED", (await app.SayAsync("show", "waits")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await app.SayAsync("resume", "waits")).ExitCode);
        await app.EndedAsync("waits");
        Assert.Contains("Output:         \"paid\"", (await app.SayAsync("show", "waits")).Output, StringComparison.Ordinal);
        Assert.Equal("Workflow 'stuck' terminated successfully\n", (await app.SayAsync("terminate", "stuck", "--output", "\"given up\"")).Output);

        Assert.Equal("Purged workflow instance 'quick'\n1 instance purged\n", (await app.SayAsync("purge", "quick")).Output);
        Assert.Contains("3 instances purged", (await app.SayAsync("purge", "--all")).Output, StringComparison.Ordinal);
        Assert.Equal("No workflow found in namespace \"default\" for app ID \"orders\"\n", (await app.SayAsync("list")).Error);
        Assert.Equal("[]\n", (await app.SayAsync("list", "-o", "json")).Output);
    }

    [UnixFact]
    public async Task Workflows_of_a_stopped_app_can_be_looked_at_and_not_changed()
    {
        await using var app = new WorkflowApp();
        await app.StartAsync();
        await app.BeginAsync("Waits", "waits", "\"4711\"");
        await app.StopAsync();

        var list = await app.SayAsync("list", "-a", "orders");
        var show = await app.SayAsync("show", "waits", "-a", "orders", "-o", "json");
        var history = await app.SayAsync("history", "waits", "-a", "orders", "-o", "json");
        var terminate = await app.SayAsync("terminate", "waits", "-a", "orders");

        Assert.StartsWith("Waits waits RUNNING \"looking\"", Rows(list.Output)[1], StringComparison.Ordinal);
        Assert.Equal("\"4711\"", JsonDocument.Parse(show.Output).RootElement.GetProperty("input").GetString());
        Assert.Equal(["WorkflowStarted", "ExecutionStarted"], JsonDocument.Parse(history.Output).RootElement.EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(1, terminate.ExitCode);
        Assert.Contains("only a running one can change its workflows", terminate.Error, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_damaged_instance_is_listed_with_its_key_and_purged_by_force()
    {
        const string Key = "orders||dapr.internal.default.orders.workflow||broken||history-000000";
        await using var app = new WorkflowApp();
        await app.StartAsync();
        await app.BeginAsync("Waits", "broken");
        await app.BeginAsync("Waits", "whole");
        await app.StopAsync();
        await app.DeleteAsync(Key);
        var stopped = await app.SayAsync("list", "-a", "orders", "-o", "wide", "-s", "QUARANTINED");
        await app.StartAsync();

        var list = await app.SayAsync("list", "-o", "wide");
        var show = await app.SayAsync("show", "broken");
        var history = await app.SayAsync("history", "broken");
        var refused = await app.SayAsync("purge", "broken");
        var purged = await app.SayAsync("purge", "broken", "--force");

        Assert.Contains(Key, stopped.Output, StringComparison.Ordinal);
        Assert.Contains(Rows(list.Output), row => row.Contains("broken - - QUARANTINED", StringComparison.Ordinal) && row.Contains(Key, StringComparison.Ordinal));
        Assert.Contains(Rows(list.Output), row => row.Contains(" whole ", StringComparison.Ordinal) && row.Contains("RUNNING", StringComparison.Ordinal));
        Assert.Contains("Problem:        workflow 'broken' is set aside", show.Output, StringComparison.Ordinal);
        Assert.Contains(Key, history.Error, StringComparison.Ordinal);
        Assert.Equal((1, true), (refused.ExitCode, refused.Error.Contains("with force", StringComparison.Ordinal)));
        Assert.Equal(0, purged.ExitCode);
        Assert.DoesNotContain("broken", (await app.SayAsync("list")).Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task What_cannot_be_done_is_said_in_a_sentence()
    {
        (string Sentence, string[] Arguments)[] cases =
        [
            ("no workflow instance 'nobody'", ["show", "nobody"]),
            ("there is no such workflow instance", ["terminate", "nobody"]),
            ("<instance-id>/<event-name>", ["raise-event", "nobody"]),
            ("name one or more instances", ["purge"]),
            ("exclude each other", ["purge", "--all", "--all-older-than", "24h"]),
            ("neither a duration", ["list", "-m", "yesterday"]),
            ("Argument 'LOST' not recognized", ["list", "-s", "LOST"]),
            ("does not run from", ["terminate", "x", "-a", "other"]),
            ("there is no app 'other'", ["list", "-a", "other"]),
        ];
        await using var app = new WorkflowApp();
        await app.StartAsync();

        foreach (var (sentence, arguments) in cases)
        {
            var said = await app.SayAsync(arguments);
            Assert.Equal(1, said.ExitCode);
            Assert.Contains(sentence, said.Error, StringComparison.Ordinal);
        }
    }
}
