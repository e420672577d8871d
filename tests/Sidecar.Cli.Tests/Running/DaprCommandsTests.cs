using System.Globalization;
using System.Text.Json;
using Sidecar.Cli.Tests.Processes;
using Sidecar.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary><c>list</c>, <c>invoke</c>, <c>publish</c> and <c>stop</c> from any folder, on a run of two apps, with dapr's flags and words.</summary>
public sealed class DaprCommandsTests : IDisposable
{
    private const string Resources = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata: {name: hearing}
        spec: {pubsubname: bus, topic: news, routes: {default: /hear}}
        scopes: [shop]
        """;

    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("a").WithFolder("b").WithFile("res/bus.yaml", Resources);

    public void Dispose() => _folder.Dispose();

    private async Task<(int Exit, string Output)> SidecarAsync(params string[] arguments)
    {
        using var process = new HostProcess(_folder.Path, arguments);
        var exit = await process.ExitedAsync();
        await process.ReadToEndAsync();
        return (exit, process.Output);
    }

    [UnixFact]
    public async Task Apps_are_listed_invoked_published_for_and_stopped_one_by_one()
    {
        await using var app = await ListeningApp.StartAsync();
        _folder.WithFile("run/dapr.yaml", $$"""
            version: 1
            common: {resourcesPaths: [../res]}
            apps:
            - {appID: shop, appDirPath: ../a, appPort: {{app.Port}}}
            - {appID: idle, appDirPath: ../b, command: [sh, -c, "exec sleep 600"]}
            """);
        using var host = new HostProcess(_folder.Path, "run", "-f", "run", "--ready-file", _folder["ready.json"], "--app-port", "1");
        var ready = await host.ReadyAsync(_folder["ready.json"]);
        Assert.Contains("The following flags are ignored when using --run-file and should be configured in the run file instead: app-port", host.Output, StringComparison.Ordinal);
        Assert.Contains("✅", (await SidecarAsync("publish", "-i", "shop", "-p", "bus", "-t", "news", "-d", """{"n":1}""")).Output, StringComparison.Ordinal);

        var listed = await SidecarAsync("list", "-o", "yaml");
        Assert.Contains("- appId: \"idle\"\n", listed.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains($"  httpPort: {ready.Apps[0].HttpPort.ToString(CultureInfo.InvariantCulture)}\n", listed.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        var invoked = await SidecarAsync("invoke", "--app-id", "shop", "--method", "hear", "--data", """{"data":2}""");
        Assert.Equal((0, true), (invoked.Exit, invoked.Output.Contains("✅  App invoked successfully", StringComparison.Ordinal)));
        await Until.TrueAsync(() => app.Heard.Count == 2, "the event and the invocation");

        var missing = await SidecarAsync("invoke", "-a", "nobody", "-m", "x");
        Assert.Equal((1, true), (missing.Exit, missing.Output.Contains("❌  error invoking app nobody: app ID nobody not found", StringComparison.Ordinal)));
        var refused = await SidecarAsync("publish", "-i", "shop", "-p", "nobus", "-t", "news");
        Assert.Equal((1, true), (refused.Exit, refused.Output.Contains("❌  Error publishing topic news: unexpected status code 404", StringComparison.Ordinal)));

        var idle = ProcessIdentity.Of(ready.Apps[1].Pid)!;
        var stopped = await SidecarAsync("stop", "--app-id", "idle", "-a", "nobody");
        Assert.Contains("✅  app stopped successfully: idle", stopped.Output, StringComparison.Ordinal);
        Assert.Contains("❌  failed to stop app id nobody: couldn't find app id nobody", stopped.Output, StringComparison.Ordinal);
        Assert.Equal((0, false), (stopped.Exit, idle.IsAlive));
        var left = JsonDocument.Parse((await SidecarAsync("list", "-o", "json")).Output).RootElement;
        Assert.Equal(["shop"], left.EnumerateArray().Select(one => one.GetProperty("appId").GetString()!));

        Assert.Contains("✅  app stopped successfully: shop", (await SidecarAsync("stop", "shop")).Output, StringComparison.Ordinal);
        Assert.Equal(0, await host.ExitedAsync());
    }

    [UnixFact]
    public async Task A_single_app_runs_behind_unix_domain_sockets_and_says_how_it_ended()
    {
        using var host = new HostProcess(
            _folder.Path, "run", "--app-id", "solo", "-u", _folder.Path, "--resources-path", "res", "--enable-profiling", "--", "sh", "-c", $"until test -e {_folder["go"]}; do sleep 0.1; done; exit 3");
        await host.PrintsAsync($"Starting Dapr with id solo. HTTP Socket: {_folder["dapr-solo-http.socket"]}");
        await host.PrintsAsync("⚠  Accepted without effect: --enable-profiling");
        await host.PrintsAsync("✅  You're up and running! Both Dapr and your app logs will appear here.");

        var published = await SidecarAsync("publish", "-i", "solo", "-p", "bus", "-t", "news", "--unix-domain-socket", _folder.Path);
        Assert.Contains("✅  Event published successfully", published.Output, StringComparison.Ordinal);
        _folder.WithFile("go", "");

        Assert.Equal(3, await host.ExitedAsync());
        await host.ReadToEndAsync();
        Assert.Contains("✅  Exited Dapr successfully", host.Output, StringComparison.Ordinal);
        Assert.Contains("❌  The App process exited with error code: 3", host.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["dapr-solo-http.socket"]));
    }
}
