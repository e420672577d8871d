using System.Net;
using System.Text;
using Sidecar.Cli.Tests.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary>Broker, state and jobs on a disk that is full for a while: errors, nothing acknowledged is lost, and it heals. Workflows live in the state store.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int MostTries = 3000;

    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("disk").WithFolder("copy")
        .WithFile("res/pubsub.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: pubsub}
            spec: {type: pubsub.embedded, version: v1}
            """)
        .WithFile("res/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: store}
            spec: {type: state.sqlite, version: v1, metadata: [{name: connectionString, value: state.db}, {name: actorStateStore, value: "true"}]}
            """)
        .WithFile("res/subscription.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: events}
            spec: {pubsubname: pubsub, topic: events, routes: {default: /hear}}
            """);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [SmallDiskFact]
    public async Task A_full_disk_gives_errors_keeps_what_was_acknowledged_and_heals()
    {
        await using var app = await ListeningApp.StartAsync();
        HashSet<string> published = [], saved = [], refused = [];
        using (var host = HostProcess.Under(_folder.Path, SmallDisk.Wrapper(_folder["disk"], _folder["copy"], megabytes: 12), Arguments(app.Port, _folder["disk", "host"])))
        {
            var ready = await host.ReadyAsync(_folder["ready.json"]);
            var sidecar = new Uri($"http://127.0.0.1:{ready.Apps[0].HttpPort}/v1.0/");
            Assert.True(await PublishAsync(sidecar, "before", published));
            Assert.True(await SaveAsync(sidecar, "before", saved, refused));
            Assert.True(await ScheduleAsync(sidecar, "before"));

            var disk = new SmallDisk(_folder["disk"], ready.HostPid);
            disk.Fill();
            Assert.False(await UntilRefusedAsync(i => PublishAsync(sidecar, $"full-{i}", published)), "publishing went on for ever");
            Assert.False(await UntilRefusedAsync(i => SaveAsync(sidecar, $"full-{i}", saved, refused)), "saving went on for ever");
            Assert.False(await UntilRefusedAsync(i => ScheduleAsync(sidecar, $"full-{i}")), "scheduling went on for ever");
            Assert.Equal(HttpStatusCode.NoContent, (await _http.GetAsync(new Uri(sidecar, "healthz"))).StatusCode);

            disk.Free();
            Assert.True(await UntilTakenAsync(i => PublishAsync(sidecar, $"after-{i}", published)), host.Output);
            Assert.True(await UntilTakenAsync(i => SaveAsync(sidecar, $"after-{i}", saved, refused)), host.Output);
            Assert.True(await UntilTakenAsync(i => ScheduleAsync(sidecar, $"after-{i}", dueTime: "1s")), host.Output);
            await Until.TrueAsync(() => published.IsSubsetOf(app.Data) && !app.Jobs.IsEmpty, $"every event and the job of after:\n{host.Output}");
            await CheckAsync(sidecar, saved, refused);
            Sidecar.Processes.ProcessTree.Kill(ready.HostPid);
            await host.ExitedAsync();
        }

        Assert.Equal(published, app.Data.ToHashSet());
        using var next = new HostProcess(_folder.Path, Arguments(app.Port, _folder["copy", "host"]));
        var again = await next.ReadyAsync(_folder["ready.json"], ready => ready.HostPid == next.Id);
        await CheckAsync(new Uri($"http://127.0.0.1:{again.Apps[0].HttpPort}/v1.0/"), saved, refused);
        next.Terminate();
        await next.ExitedAsync();
        Assert.Equal(published, app.Data.ToHashSet());
    }

    private string[] Arguments(int appPort, string data) =>
        ["run", "--app-id", "shop", "--app-port", $"{appPort}", "--resources-path", _folder["res"], "--data-dir", data, "--ready-file", _folder["ready.json"]];

    private async Task CheckAsync(Uri sidecar, HashSet<string> saved, HashSet<string> refused)
    {
        foreach (var key in saved)
            Assert.Equal(Value(key), await _http.GetStringAsync(new Uri(sidecar, $"state/store/{key}")));
        foreach (var key in refused)
            Assert.Equal(HttpStatusCode.NoContent, (await _http.GetAsync(new Uri(sidecar, $"state/store/{key}"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri(sidecar, "jobs/before"))).StatusCode);
    }

    private async Task<bool> PublishAsync(Uri sidecar, string text, HashSet<string> published)
    {
        if (!await PostAsync(new Uri(sidecar, "publish/pubsub/events"), text, "text/plain"))
            return false;
        published.Add(text);
        return true;
    }

    private async Task<bool> SaveAsync(Uri sidecar, string key, HashSet<string> saved, HashSet<string> refused)
    {
        var done = await PostAsync(new Uri(sidecar, "state/store"), $$"""[{"key":"{{key}}","value":{{Value(key)}}}]""");
        (done ? saved : refused).Add(key);
        return done;
    }

    private Task<bool> ScheduleAsync(Uri sidecar, string name, string dueTime = "1h") => PostAsync(new Uri(sidecar, $"jobs/{name}"), $$"""{"dueTime":"{{dueTime}}","data":{{Value(name)}}}""");

    /// <summary>Long enough that a few hundred need a page of the disk each.</summary>
    private static string Value(string key) => $"\"{key}-{new string('x', 2000)}\"";

    private async Task<bool> PostAsync(Uri address, string body, string contentType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, contentType);
        using var answer = await _http.PostAsync(address, content);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>What was allotted before may still take some: goes on until the first refusal.</summary>
    private static async Task<bool> UntilRefusedAsync(Func<int, Task<bool>> attempt)
    {
        for (var i = 0; i < MostTries; i++)
        {
            if (!await attempt(i))
                return false;
        }

        return true;
    }

    private static async Task<bool> UntilTakenAsync(Func<int, Task<bool>> attempt)
    {
        for (var i = 0; i < 50; i++)
        {
            if (await attempt(i))
                return true;
        }

        return false;
    }
}
