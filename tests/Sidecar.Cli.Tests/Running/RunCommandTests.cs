using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sidecar.Processes;
using Sidecar.Cli.Tests.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary>The whole command, with small shell programs as apps.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("a").WithFolder("b").WithFolder("res");

    public void Dispose() => _folder.Dispose();

    private void WithApps(params string[] apps) =>
        _folder.WithFile("dapr.yaml", "version: 1\nname: test\ncommon: {resourcesPaths: [res]}\napps:\n" + string.Concat(apps.Select(app => $"- {app}\n")));

    private HostProcess Run(params string[] more) => new(_folder.Path, ["run", "-f", ".", "--ready-file", _folder["ready.json"], .. more]);

    private const string Sleeper = "command: [sh, -c, \"echo up; exec sleep 600\"]";

    [UnixFact]
    public async Task Apps_run_until_the_stop_and_nothing_is_left()
    {
        WithApps($"{{appDirPath: a, {Sleeper}}}", "{appDirPath: b, command: [sh, -c, \"echo $APP_ID $DAPR_HTTP_PORT $EXTRA; exec sleep 600\"]}");
        using var host = Run("--env", "EXTRA=more");
        var ready = await host.ReadyAsync(_folder["ready.json"]);
        var apps = ready.Apps.Select(app => ProcessIdentity.Of(app.Pid)!).ToList();

        Assert.Equal(host.Id, ready.HostPid);
        Assert.All(apps, app => Assert.True(app.IsAlive));
        await host.PrintsAsync($"== APP - b == b {ready.Apps[1].HttpPort} more");
        await host.PrintsAsync("All 2 apps are healthy after");
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync(new Uri($"http://127.0.0.1:{ready.Apps[0].HttpPort}/v1.0/healthz"))).StatusCode);
        var metadata = "";
        using (var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50)))
        {
            while (!metadata.Contains("daprdLogPath", StringComparison.Ordinal) && await ticks.WaitForNextTickAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token))
                metadata = await client.GetStringAsync(new Uri($"http://127.0.0.1:{ready.Apps[0].HttpPort}/v1.0/metadata"));
        }

        Assert.Contains($"\"appPID\":\"{ready.Apps[0].Pid}\"", metadata.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);

        host.Terminate();

        Assert.Equal(0, await host.ExitedAsync());
        Assert.All(apps, app => Assert.False(app.IsAlive));
        Assert.False(File.Exists(_folder["ready.json"]));
        Assert.False(Directory.Exists(_folder[".dapr", "run"]));
        Assert.Equal("up\n", await File.ReadAllTextAsync(Directory.GetFiles(_folder["a", ".dapr", "logs"], "a_app_*.log").Single()));
        Assert.Contains("level=info", await File.ReadAllTextAsync(Directory.GetFiles(_folder["a", ".dapr", "logs"], "a_daprd_*.log").Single()), StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Apps_end_with_a_host_that_is_killed_and_so_does_what_they_started()
    {
        WithApps("{appDirPath: a, command: [sh, -c, \"sleep 600 & echo child $!; wait\"]}", $"{{appDirPath: b, {Sleeper}}}");
        using var host = Run();
        var ready = await host.ReadyAsync(_folder["ready.json"]);
        await host.PrintsAsync("== APP - a == child ");
        var child = host.Output.Split("== APP - a == child ")[1].Split('\n')[0];
        var all = ready.Apps.Select(app => app.Pid).Append(int.Parse(child, CultureInfo.InvariantCulture)).Select(id => ProcessIdentity.Of(id)!).ToList();

        host.Kill();

        await Until.TrueAsync(() => all.All(process => !process.IsAlive), "every process ends with the host");
    }

    [UnixFact]
    public async Task A_run_after_a_killed_one_starts_from_the_same_folder()
    {
        WithApps($"{{appDirPath: a, {Sleeper}}}");
        using (var killed = Run())
        {
            await killed.ReadyAsync(_folder["ready.json"]);
            killed.Kill();
            await killed.ExitedAsync();
        }

        using var host = Run();
        await host.ReadyAsync(_folder["ready.json"], ready => ready.HostPid == host.Id);
        host.Terminate();
        Assert.Equal(0, await host.ExitedAsync());
    }

    [UnixFact]
    public async Task A_crashed_app_is_back_with_another_process_in_the_ready_file()
    {
        WithApps($"{{appDirPath: a, {Sleeper}}}");
        using var host = Run();
        var first = (await host.ReadyAsync(_folder["ready.json"])).Apps.Single().Pid;

        ProcessTree.Kill(first);

        await host.PrintsAsync("App a ended with exit code 137 (signal 9); starting it again in 1 s.");
        var second = (await host.ReadyAsync(_folder["ready.json"], ready => ready.Apps.Single().Pid != first)).Apps.Single().Pid;
        Assert.True(ProcessIdentity.Of(second)!.IsAlive);
        host.Terminate();
        Assert.Equal(0, await host.ExitedAsync());
    }

    [UnixFact]
    public async Task A_second_run_in_one_folder_is_refused_and_list_and_stop_know_the_first()
    {
        WithApps($"{{appDirPath: a, appID: shop, {Sleeper}}}");
        using var host = Run();
        await host.ReadyAsync(_folder["ready.json"]);

        using var second = Run();
        Assert.Equal(1, await second.ExitedAsync());
        Assert.Contains($"another run (process {host.Id}) uses", second.Output, StringComparison.Ordinal);
        using var list = new HostProcess(_folder.Path, "list", "-o", "json");
        Assert.Equal(0, await list.ExitedAsync());
        var listed = JsonDocument.Parse(list.Output).RootElement[0];
        Assert.Equal(("shop", host.Id, "test"), (listed.GetProperty("appId").GetString(), listed.GetProperty("cliPid").GetInt32(), listed.GetProperty("runTemplateName").GetString()));
        using var stop = new HostProcess(_folder.Path, "stop", "-f", "dapr.yaml");
        Assert.Equal(0, await stop.ExitedAsync());
        Assert.Equal(0, await host.ExitedAsync());
        using var again = new HostProcess(_folder.Path, "stop");
        Assert.Equal(1, await again.ExitedAsync());
    }

    [UnixFact]
    public async Task What_is_missing_or_taken_is_named_before_anything_starts()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        WithApps("{appDirPath: a, command: [sh, -c, \"echo started; touch started\"]}", "{appDirPath: b, appPort: " + port + ", command: [frobnicate]}");

        using var host = Run();

        Assert.Equal(1, await host.ExitedAsync());
        Assert.Contains("dapr.yaml:6: command of app 'b': the program 'frobnicate' is not on the PATH", host.Output, StringComparison.Ordinal);
        Assert.Contains($"dapr.yaml:6: appPort: port {port}, the app port of 'b', is in use by another program", host.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["a", "started"]));
    }

    [UnixFact]
    public async Task A_wrong_component_stops_the_start_with_its_place()
    {
        _folder.WithFile("res/c.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: s}\nspec:\n  type: state.sqlit\n");
        WithApps("{appDirPath: a, command: [touch, started]}");

        using var host = Run();

        Assert.Equal(1, await host.ExitedAsync());
        Assert.Contains($"{_folder["res", "c.yaml"]}:5: spec.type: component type 'state.sqlit' is not known here; near matches: state.sqlite", host.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["a", "started"]));
    }

    [UnixFact]
    public async Task A_single_app_is_run_once_and_gives_its_exit_code()
    {
        using var host = new HostProcess(_folder.Path, "run", "--app-id", "solo", "--resources-path", "res", "--", "sh", "-c", "echo $APP_ID; exit 4");

        Assert.Equal(4, await host.ExitedAsync());
        Assert.Contains("== APP == solo", host.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_stop_signal_ends_a_single_app_run_and_takes_its_app_with_it()
    {
        using var host = new HostProcess(
            _folder.Path, "run", "--app-id", "solo", "--resources-path", "res", "--ready-file", _folder["ready.json"], "--", "sh", "-c", "echo up; exec sleep 600");
        var app = ProcessIdentity.Of((await host.ReadyAsync(_folder["ready.json"])).Apps.Single().Pid)!;
        await host.PrintsAsync("You're up and running! Both Dapr and your app logs will appear here.");

        host.Terminate();

        Assert.Equal(0, await host.ExitedAsync());
        Assert.False(app.IsAlive);
        Assert.Contains("Exited Dapr successfully", host.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task An_app_that_never_opens_its_port_is_named_with_it()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        using var host = new HostProcess(
            _folder.Path, "run", "--app-id", "solo", "--app-port", port.ToString(CultureInfo.InvariantCulture), "--resources-path", "res", "--", "sleep", "600");

        await host.PrintsAsync($"Waiting for solo (port {port}) to take work (");
        host.Terminate();

        Assert.Equal(0, await host.ExitedAsync());
    }

    [Theory]
    [InlineData("run", "nothing to run")]
    [InlineData("run --app-id a --app-port abc -- sh", "--app-port 'abc' must be a port from 0 to 65535")]
    [InlineData("run --app-id a --app-port 99999 -- sh", "--app-port '99999' must be a port from 0 to 65535")]
    [InlineData("run --app-id a --nosuch 5 -- sh", "there is no option '--nosuch'")]
    [InlineData("run --app-id a.b -- sh", "--app-id 'a.b' cannot contain dots")]
    [InlineData("run --app-id . -- sh", "--app-id '.' cannot contain dots or blanks")]
    [InlineData("run -f . --replicas two", "--replicas must be 1 or more")]
    [InlineData("run -f . -k", "--kubernetes: this sidecar runs apps on this machine")]
    [InlineData("run -f . --swap x", "--swap 'x' must have the form FROM=TO")]
    [InlineData("run -f . --replicas 0", "--replicas must be 1 or more")]
    [InlineData("run -f nowhere.yaml", "there is no such run file")]
    public async Task A_wrong_command_line_says_what_is_wrong(string arguments, string problem)
    {
        WithApps($"{{appDirPath: a, {Sleeper}}}");
        using var host = new HostProcess(_folder.Path, arguments.Split(' '));

        Assert.Equal(1, await host.ExitedAsync());
        Assert.Contains(problem, host.Output, StringComparison.Ordinal);
    }
}
