using System.Globalization;
using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;
using Sidecar.Processes;

namespace Sidecar.Cli.Running;

/// <summary>Keeps one app instance running: names a crash at once with its last lines, and starts it again after a pause that doubles from 1 s to 30 s.</summary>
public sealed class AppSupervisor : IDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly ChildCommand _command;
    private readonly InstanceLog _log;
    private readonly RunConsole _console;
    private readonly DeathWatch _watch;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private ChildProcess? _process;
    private Task<int> _running = Task.FromResult(0);
    private ChildProcess? _struck;
    private int _ownExitCode;

    /// <summary>Prepares the supervision; <see cref="Start"/> starts the app.</summary>
    public AppSupervisor(PlannedInstance instance, ChildCommand command, InstanceLog log, RunConsole console, DeathWatch watch, TimeProvider time)
    {
        Instance = instance;
        _command = command;
        _log = log;
        _console = console;
        _watch = watch;
        _time = time;
    }

    /// <summary>What is supervised.</summary>
    public PlannedInstance Instance { get; }

    /// <summary>False for an app that is run once: its exit code is what counts.</summary>
    public bool Restarts { get; init; } = true;

    /// <summary>Starts since <see cref="Start"/>.</summary>
    public int Starts { get; private set; }

    /// <summary>Process id, or 0 while it does not run.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Raised on each start, with the new process id.</summary>
    public event Action<AppSupervisor>? Started;

    /// <summary>Completes with the exit code when the app has ended and is not started again.</summary>
    public Task<int> Ended => _running;

    /// <summary>Starts the app.</summary>
    /// <exception cref="ProcessStartException">The system refuses.</exception>
    public void Start() => _running = SuperviseAsync(Launch());

    /// <summary>What dapr's CLI says of an app that was run once: it ended as it was asked to, or well, or not.</summary>
    public (StatusMark Mark, string Line) LastWord() => _ownExitCode != 0
        ? (StatusMark.Failure, $"The App process exited with error code: {_ownExitCode}")
        : (StatusMark.Success, "Exited App successfully");

    /// <summary>Asks the app to end, and ends it when it does not within <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        ChildProcess? process;
        lock (_gate)
        {
            _stopping.Cancel();
            process = _process;
        }

        if (process is not null)
        {
            process.Terminate();
            var ended = await Task.WhenAny(process.Exited, Task.Delay(grace, _time)) == process.Exited;
            if (!ended)
            {
                _console.Warn($"{Instance.Label} did not stop within {grace.TotalSeconds:0} s and is killed.");
                Kill();
            }
        }

        await _running;
    }

    /// <summary>Ends the app at once.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _stopping.Cancel();
            _process?.Kill();
        }
    }

    /// <summary>Ends the app at once as a crash would; it starts again without a pause, since it is not its fault. Returns when it has ended.</summary>
    public async Task StrikeAsync()
    {
        ChildProcess? process;
        lock (_gate)
        {
            process = _process;
            _struck = process;
            process?.Kill();
        }

        if (process is not null)
            await process.Exited;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Pause before the start that follows <paramref name="crashes"/> crashes in a row.</summary>
    public static TimeSpan PauseAfter(int crashes) =>
        TimeSpan.FromSeconds(Math.Min(s_longestPause.TotalSeconds, s_firstPause.TotalSeconds * Math.Pow(2, Math.Min(crashes - 1, 10))));

    private ChildProcess Launch()
    {
        lock (_gate)
        {
            var process = ChildProcess.Start(_command, _log.App);
            _watch.Add(process);
            _process = process;
            ProcessId = process.Id;
            Starts++;
        }

        Started?.Invoke(this);
        return _process;
    }

    private async Task<int> SuperviseAsync(ChildProcess process)
    {
        var crashes = 0;
        while (true)
        {
            var startedAt = _time.GetTimestamp();
            var exitCode = await process.Exited;
            var struck = _struck == process;
            Forget(process);
            if (_stopping.IsCancellationRequested)
                return exitCode;
            if (exitCode == 0 || !Restarts)
            {
                _ownExitCode = exitCode;
                TellEnd(exitCode);
                return exitCode;
            }

            if (!struck)
            {
                // An app that ran well for a while starts over with the shortest pause.
                crashes = _time.GetElapsedTime(startedAt) >= s_longestPause ? 1 : crashes + 1;
                var pause = PauseAfter(crashes);
                TellCrash(exitCode, $"starting it again in {pause.TotalSeconds:0} s");
                await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_stopping.IsCancellationRequested)
                    return exitCode;
            }

            try
            {
                process = Launch();
            }
            catch (ProcessStartException error)
            {
                _console.Warn($"App {Instance.Label} cannot be started again: {error.Message}");
                return exitCode;
            }
        }
    }

    private void Forget(ChildProcess process)
    {
        lock (_gate)
        {
            // What the app left in its group would otherwise outlive it.
            process.Kill();
            _watch.Remove(process);
            process.Dispose();
            _process = null;
            ProcessId = 0;
        }
    }

    private void TellEnd(int exitCode)
    {
        if (exitCode == 0)
            _console.Tell($"App {Instance.Label} ended with exit code 0.");
        else
            TellCrash(exitCode, "the run ends with it");
    }

    private void TellCrash(int exitCode, string what)
    {
        var signal = exitCode > 128 && !OperatingSystem.IsWindows() ? $" (signal {(exitCode - 128).ToString(CultureInfo.InvariantCulture)})" : "";
        var lastLines = _log.LastLines;
        _console.Warn($"App {Instance.Label} ended with exit code {exitCode}{signal}; {what}.{(lastLines.Count > 0 ? " Its last lines:" : " It printed nothing.")}");
        foreach (var line in lastLines)
        {
            _console.Warn($"    {line}");
        }
    }
}
