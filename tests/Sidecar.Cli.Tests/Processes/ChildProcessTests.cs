using System.Collections.Concurrent;
using System.Globalization;
using Sidecar.Processes;

namespace Sidecar.Cli.Tests.Processes;

/// <summary>Process groups and signals are Unix's; on Windows a job object does this work.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BlockingCollection<string> _lines = [];

    public void Dispose()
    {
        _folder.Dispose();
        _lines.Dispose();
    }

    private ChildProcess Start(string script, params (string Name, string Value)[] variables) => ChildProcess.Start(
        new ChildCommand("/bin/sh", ["-c", script], _folder.Path,
            variables.Append(("PATH", "/usr/bin:/bin")).ToDictionary(variable => variable.Item1, variable => variable.Item2)),
        _lines.Add);

    private string NextLine() => _lines.TryTake(out var line, TimeSpan.FromSeconds(60)) ? line : throw new TimeoutException("the program printed nothing");

    [UnixFact]
    public async Task A_child_runs_in_its_folder_with_its_environment_and_both_its_outputs_are_read_in_order()
    {
        using var child = Start("pwd; echo \"$GREETING\" >&2; echo done; exit 7", ("GREETING", "grüß dich"));

        Assert.Equal(7, await child.Exited);
        Assert.Equal([_folder.Path, "grüß dich", "done"], [NextLine(), NextLine(), NextLine()]);
    }

    [UnixFact]
    public async Task The_exit_code_tells_the_signal_that_ended_a_child()
    {
        using var child = Start("kill -KILL $$");

        Assert.Equal(128 + 9, await child.Exited);
    }

    [UnixFact]
    public async Task Terminating_reaches_what_the_child_started()
    {
        using var child = Start("sleep 600 & echo $!; wait");
        var grandchild = ProcessIdentity.Of(int.Parse(NextLine(), CultureInfo.InvariantCulture))!;

        child.Terminate();

        Assert.Equal(128 + 15, await child.Exited);
        await Until.TrueAsync(() => !grandchild.IsAlive, "the grandchild ends");
    }

    [UnixFact]
    public async Task A_child_gets_the_default_signals_back_that_dotnet_ignores()
    {
        using var child = Start("kill -PIPE $$; echo survived");

        Assert.Equal(128 + 13, await child.Exited);
    }

    [UnixFact]
    public void A_program_that_the_system_refuses_is_named()
    {
        _folder.WithFile("no-program", "\u007fELF").WithExecutable("no-program");

        var error = Assert.Throws<ProcessStartException>(() =>
            ChildProcess.Start(new ChildCommand(_folder["no-program"], [], _folder.Path, new Dictionary<string, string>()), _lines.Add));

        Assert.Contains("no-program' cannot be started in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_is_told_from_another_that_has_its_id_by_its_start()
    {
        var own = ProcessIdentity.Current;

        Assert.True(own.IsAlive);
        Assert.False((own with { StartedAt = "another time" }).IsAlive);
    }
}

/// <summary>A fact about process groups and signals.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "process groups and signals are Unix's" : null!;
}

/// <summary>Waits for a condition, as long as a busy machine may need.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"waited in vain: {what}");
            await ticks.WaitForNextTickAsync();
        }
    }
}
