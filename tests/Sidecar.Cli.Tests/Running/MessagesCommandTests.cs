using System.Text;
using System.Text.Json;
using Sidecar.Cli.Tests.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary><c>sidecar messages</c>, as a person runs it, on a run that runs and on one that is stopped.</summary>
public sealed class MessagesCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder()
        .WithFile("res/pubsub.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: pubsub}
            spec: {type: pubsub.embedded, version: v1}
            """)
        .WithFile("res/other.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: other}
            spec: {type: pubsub.in-memory, version: v1}
            """)
        .WithFile("res/subscription.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: orders}
            spec: {pubsubname: pubsub, topic: orders, deadLetterTopic: dead-orders, routes: {default: /hear}}
            """);

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Dead_letters_of_a_running_run_are_listed_shown_and_replayed_once()
    {
        await using var app = await ListeningApp.StartAsync();
        app.Drops = true;
        using var host = Run(app.Port);
        var ready = await host.ReadyAsync(_folder["ready.json"]);
        await PublishAsync(ready.Apps[0].HttpPort, "poison");
        await Until.TrueAsync(() => !app.Heard.IsEmpty, "the poison message");

        var letter = (await DeadAsync(1))[0];
        var id = letter.GetProperty("id").GetString()!;
        Assert.Equal(("dead-orders/1", "orders", "shop", "the app answers DROP", "key-1"),
            (id, Text(letter, "topic"), Text(letter, "group"), Text(letter, "reason"), Text(letter, "key")));
        var table = (await MessagesAsync("dead")).Output;
        Assert.Matches(@"ID +FROM TOPIC +GROUP +EVENT TYPE +KEY +AGE +WHY", table);
        Assert.Matches(@"dead-orders/1 +orders +shop +com.dapr.event.sent +key-1 +\d+s +the app answers DROP", table);
        var shown = Json(await MessagesAsync("show", id, "-o", "json"));
        Assert.Equal("poison", shown.GetProperty("cloudEvent").GetProperty("data").GetString());
        Assert.Contains("\"data\": \"poison\"", (await MessagesAsync("show", id)).Output, StringComparison.Ordinal);
        var pending = await MessagesAsync("pending");
        Assert.Matches(@"orders +shop +0 +0 +- +1 +0", pending.Output);
        Assert.Contains("1 dead letters", pending.Output, StringComparison.Ordinal);
        Assert.Contains("other (pubsub.in-memory): none", pending.Output, StringComparison.Ordinal);

        app.Drops = false;
        Assert.Equal((0, $"Replayed {id}"), await MessagesAsync("replay", id) is var replayed ? (replayed.ExitCode, replayed.Output.Trim()) : default);
        await Until.TrueAsync(() => app.Heard.Count == 2, "the replay");
        Assert.Equal(["poison", "poison"], app.Data);
        var again = await MessagesAsync("replay", id);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("there is no dead letter 'dead-orders/1'", again.Output, StringComparison.Ordinal);
        Assert.Contains("No dead letters.", (await MessagesAsync("dead")).Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Dead_letters_of_a_stopped_run_are_read_from_its_files_and_replayed_with_its_next_start()
    {
        await using var app = await ListeningApp.StartAsync();
        app.Drops = true;
        using (var host = Run(app.Port))
        {
            var ready = await host.ReadyAsync(_folder["ready.json"]);
            foreach (var text in new[] { "wanted", "unwanted" })
                await PublishAsync(ready.Apps[0].HttpPort, text);
            await DeadAsync(2);
            host.Terminate();
            await host.ExitedAsync();
        }

        var letters = Json(await MessagesAsync("dead", "--topic", "orders", "-o", "json")).EnumerateArray().Select(letter => Text(letter, "id")).ToList();
        Assert.Equal(2, letters.Count);
        var unwanted = letters.Single(id => MessagesAsync("show", id).GetAwaiter().GetResult().Output.Contains("\"unwanted\"", StringComparison.Ordinal));
        Assert.Equal(0, (await MessagesAsync("discard", unwanted)).ExitCode);
        Assert.Equal(0, (await MessagesAsync("replay", "--all")).ExitCode);
        Assert.Matches(@"orders +shop +1 +0 +\d+s +0 +0", (await MessagesAsync("pending")).Output);

        app.Drops = false;
        var before = app.Heard.Count;
        using var next = Run(app.Port);
        await next.ReadyAsync(_folder["ready.json"]);
        await Until.TrueAsync(() => app.Heard.Count > before, "the replay");
        Assert.Equal("wanted", app.Data.Last());
        next.Terminate();
        await next.ExitedAsync();
    }

    [UnixFact]
    public async Task Where_no_embedded_broker_is_the_other_brokers_tools_are_named()
    {
        var answer = await MessagesAsync("pending");

        Assert.Equal(1, answer.ExitCode);
        foreach (var tool in new[] { "redis-cli XINFO", "rabbitmqctl list_queues", "nats consumer report", "kafka-consumer-groups.sh" })
            Assert.Contains(tool, answer.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task The_control_API_wants_its_token_and_its_record_is_for_the_owner_alone()
    {
        await using var app = await ListeningApp.StartAsync();
        using var host = Run(app.Port);
        await host.ReadyAsync(_folder["ready.json"]);
        var path = Path.Combine(_folder["data"], "run", "host.json");
        using var record = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new Uri(record.RootElement.GetProperty("control").GetString() + "/control/messages/pending"));

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private HostProcess Run(int appPort) => new(
        _folder.Path, "run", "--app-id", "shop", "--app-port", $"{appPort}", "--resources-path", _folder["res"], "--data-dir", _folder["data"], "--ready-file", _folder["ready.json"]);

    private async Task<(int ExitCode, string Output)> MessagesAsync(params string[] arguments)
    {
        using var command = new HostProcess(_folder.Path, ["messages", .. arguments, "--data-dir", _folder["data"]]);
        var exitCode = await command.ExitedAsync();
        await command.ReadToEndAsync();
        return (exitCode, command.Output);
    }

    /// <summary>Asks until so many are there: each command takes a moment of its own.</summary>
    private async Task<JsonElement> DeadAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var letters = Json(await MessagesAsync("dead", "-o", "json"));
            if (letters.GetArrayLength() >= count)
                return letters;
        }
    }

    private static JsonElement Json((int ExitCode, string Output) answer)
    {
        Assert.True(answer.ExitCode == 0, answer.Output);
        return JsonDocument.Parse(answer.Output).RootElement;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static async Task PublishAsync(int port, string text)
    {
        using var client = new HttpClient();
        using var content = new StringContent(text, Encoding.UTF8, "text/plain");
        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{port}/v1.0/publish/pubsub/orders?metadata.partitionKey=key-1"), content);
        answer.EnsureSuccessStatusCode();
    }
}
