using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;
using Sidecar.Processes;
using Sidecar.Cli.RunFiles;
using Sidecar.Cli.Running;
using Sidecar.Cli.Tests.Processes;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Cli.Tests.Running;

public sealed class AppSupervisorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _news = new();
    private readonly ManualTime _time = new();
    private readonly DeathWatch _watch = DeathWatch.Start();
    private readonly RunConsole _console;
    private readonly PlannedInstance _instance;
    private readonly InstanceLog _log;

    public AppSupervisorTests()
    {
        var synchronised = TextWriter.Synchronized(_news);
        _console = new RunConsole(synchronised, synchronised, colour: false);
        _instance = new PlannedInstance
        {
            App = new AppTemplate { AppId = "orders", AppDirectory = _folder.Path },
            Replica = 0,
            Sidecar = new SidecarOptions { AppId = "orders" },
            Command = ["sh"],
            Environment = new Dictionary<string, string>(),
            LogDirectory = _folder["logs"],
        };
        _log = new InstanceLog(_instance, _console, _time.GetUtcNow(), alone: false);
    }

    private string News => _news.ToString();

    public void Dispose()
    {
        _watch.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    private AppSupervisor Supervise(string script, bool restarts = true) => new(
        _instance, new ChildCommand("/bin/sh", ["-c", script], _folder.Path, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }), _log, _console, _watch, _time)
    {
        Restarts = restarts,
    };

    [UnixFact]
    public async Task A_crash_is_named_with_code_and_last_lines_and_the_app_starts_again_after_growing_pauses()
    {
        using var supervisor = Supervise("echo one; echo two >&2; exit 3");
        supervisor.Start();
        foreach (var (start, pause) in new[] { (1, 1), (2, 2), (3, 4) })
        {
            await Until.TrueAsync(() => _time.Waits.Contains(TimeSpan.FromSeconds(pause)), $"a pause of {pause} s after start {start}");
            Assert.Equal(start, supervisor.Starts);
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        await Until.TrueAsync(() => _time.Waits.Contains(TimeSpan.FromSeconds(8)), "a pause of 8 s");
        await supervisor.StopAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(4, supervisor.Starts);
        Assert.Contains("App orders ended with exit code 3; starting it again in 1 s. Its last lines:" + Environment.NewLine + "    one" + Environment.NewLine + "    two", News, StringComparison.Ordinal);
        Assert.Contains("== APP - orders == one", News, StringComparison.Ordinal);
        Assert.StartsWith("one", await File.ReadAllTextAsync(_log.AppFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(1000, 30)]
    public void Pauses_double_up_to_thirty_seconds(int crashes, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), AppSupervisor.PauseAfter(crashes));

    [UnixFact]
    public async Task An_app_that_ran_well_for_a_while_starts_over_with_the_shortest_pause()
    {
        using var supervisor = Supervise("test -e go && rm go && exit 1; while ! test -e go; do sleep 0.02; done; rm go; exit 1");
        supervisor.Start();
        for (var crash = 0; crash < 2; crash++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            _folder.WithFile("go", "");
            await Until.TrueAsync(() => _time.Waits.Contains(TimeSpan.FromSeconds(1)), "the shortest pause");
            _time.Advance(TimeSpan.FromSeconds(1));
            await Until.TrueAsync(() => supervisor.Starts == crash + 2, "the next start");
        }

        await supervisor.StopAsync(TimeSpan.FromSeconds(1));
    }

    [UnixFact]
    public async Task An_app_that_is_done_is_not_started_again()
    {
        using var supervisor = Supervise("exit 0");
        supervisor.Start();

        Assert.Equal(0, await supervisor.Ended);
        Assert.Equal(1, supervisor.Starts);
        Assert.Contains("App orders ended with exit code 0.", News, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_single_app_ends_with_its_code()
    {
        using var supervisor = Supervise("exit 5", restarts: false);
        supervisor.Start();

        Assert.Equal(5, await supervisor.Ended);
    }

    [UnixFact]
    public async Task Stopping_lets_the_app_finish()
    {
        using var supervisor = Supervise("trap 'echo finished; exit 0' TERM; echo up; while :; do sleep 0.02; done");
        supervisor.Start();
        await Until.TrueAsync(() => _log.LastLines.Contains("up"), "the app is up");

        await supervisor.StopAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("finished", _log.LastLines);
        Assert.Equal(0, await supervisor.Ended);
    }

    [UnixFact]
    public async Task An_app_that_will_not_stop_is_killed_after_its_grace()
    {
        using var supervisor = Supervise("trap '' TERM; echo up; while :; do sleep 0.02; done");
        supervisor.Start();
        await Until.TrueAsync(() => _log.LastLines.Contains("up"), "the app is up");

        var stopping = supervisor.StopAsync(TimeSpan.FromSeconds(8));
        await Until.TrueAsync(() => _time.Waits.Contains(TimeSpan.FromSeconds(8)), "the grace");
        Assert.False(stopping.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(8));
        await stopping;

        Assert.Equal(128 + 9, await supervisor.Ended);
        Assert.Contains("orders did not stop within 8 s and is killed.", News, StringComparison.Ordinal);
    }
}
