using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;
using Sidecar.Processes;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Cli.Running;

/// <summary>Carries out a plan: sidecars first, then the apps side by side, until a stop is asked for.</summary>
/// <param name="plan">What to run.</param>
/// <param name="console">The terminal.</param>
/// <param name="time">Clock.</param>
/// <param name="readyFile">Written when every app takes work; null for none.</param>
/// <param name="startServers">Brokers and databases are this run's own.</param>
/// <param name="alone">A single app, run once: the run ends with it, and with its exit code.</param>
/// <param name="faults">Fault points for tests to strike at; null for none.</param>
internal sealed class PlatformRun(RunPlan plan, RunConsole console, TimeProvider time, string? readyFile, bool alone, bool startServers, FaultPoints? faults = null)
{
    private static readonly TimeSpan s_appGrace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly RunBook _book = new(plan, time);
    private readonly List<AppSupervisor> _supervisors = [];
    private readonly SidecarAttributes _attributes = new(plan);
    private readonly Lock _gate = new();
    private readonly Dictionary<PlannedInstance, InstanceLog> _logs = [];
    private FaultControl? _faultControl;
    private bool _ready;

    /// <summary>Runs until <paramref name="stop"/> is asked for, or the single app has ended; <paramref name="kill"/> cuts the stopping short.</summary>
    /// <returns>Exit code of the command.</returns>
    /// <exception cref="RunException">The run cannot start; nothing stays started.</exception>
    public async Task<int> RunAsync(CancellationToken stop, CancellationToken kill)
    {
        _book.ClearLeftovers(console.Tell);
        var commands = PreflightCheck.Run(plan);
        using var logs = new SidecarLogs(console, time);
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs));
        OpenLogs(logs);
        try
        {
            using var watch = DeathWatch.Start();
            await using var servers = new RunServers(startServers, RunDirectory, plan.HostDirectory, console);
            await using var sidecars = await StartSidecarsAsync(servers, loggers, stop);
            await using var faultControl = _faultControl = faults is null ? null : await OpenFaultsAsync(faults, stop);
            if (readyFile is not null)
                File.Delete(readyFile);
            await using var control = await ControlServer.StartAsync(sidecars.Messages, appId => StopAppAsync(sidecars, appId));
            _book.Open(control);
            try
            {
                StartApps(commands, watch);
                return await WatchAsync(sidecars, stop);
            }
            finally
            {
                await StopAsync(sidecars, kill);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            foreach (var log in _logs.Values)
            {
                log.Dispose();
            }
        }
    }

    private void OpenLogs(SidecarLogs logs)
    {
        var now = time.GetLocalNow();
        foreach (var instance in plan.Instances)
        {
            var log = new InstanceLog(instance, console, now, alone);
            _logs.Add(instance, log);
            logs.Route(instance.Sidecar.AppId, new SidecarLogTarget(log.Sidecar, SidecarLogTarget.LevelOf(instance.App.LogLevel), console.AsJson));
        }
    }

    private async Task<HostedSidecars> StartSidecarsAsync(RunServers servers, ILoggerFactory loggers, CancellationToken stop)
    {
        foreach (var instance in plan.Instances)
        {
            console.Status(StatusMark.Info, alone ? $"Starting Dapr with id {DoorsOf(instance, "")}" : $"Validating config and starting app \"{instance.Label}\"");
            if (instance.Command.Count == 0 && alone)
                console.Tell("WARNING: no application command found.");
            else if (instance.Command.Count == 0)
                console.Status(StatusMark.Warning, $"No application command found for app \"{instance.Label}\" present in {plan.TemplateFile}");
        }

        return await HostedSidecars.StartAsync(plan, servers, faults, loggers, stop);
    }

    private async Task<FaultControl> OpenFaultsAsync(FaultPoints points, CancellationToken stop)
    {
        points.KillApp = appId => Task.WhenAll(_supervisors.Where(supervisor => supervisor.Instance.Sidecar.AppId == appId).Select(supervisor => supervisor.StrikeAsync()));
        points.KillHost = () => Process.GetCurrentProcess().Kill();
        var control = await FaultControl.StartAsync(points, stop);
        console.Warn($"Fault points are on: whoever reaches port {control.Port} of this machine may kill these apps.");
        return control;
    }

    private void StartApps(IReadOnlyDictionary<PlannedInstance, ChildCommand> commands, DeathWatch watch)
    {
        foreach (var instance in plan.Instances)
        {
            if (!alone)
            {
                console.Status(StatusMark.Info, $"Started Dapr with app id {DoorsOf(instance, "\"")}");
                console.Status(StatusMark.Info, $"Writing log files to directory : {instance.LogDirectory}");
            }
            else if (instance.Sidecar.AppPort == 0)
            {
                // An app with a port comes first, so dapr cannot say this of its sidecar.
                console.Status(StatusMark.Info, "Dapr sidecar is up and running.");
            }

            if (!commands.TryGetValue(instance, out var command))
            {
                _book.Note(instance, 0, _logs[instance]);
                continue;
            }

            var supervisor = new AppSupervisor(instance, command, _logs[instance], console, watch, time) { Restarts = !alone };
            supervisor.Started += Record;
            _supervisors.Add(supervisor);
            supervisor.Start();
        }
    }

    private async Task<int> WatchAsync(HostedSidecars sidecars, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var waiting = TellWhenReadyAsync(sidecars, ending.Token);
        var askedToStop = Task.Delay(Timeout.Infinite, stop);
        var ended = alone && _supervisors is [var app] ? app.Ended : askedToStop;
        var allStopped = Task.WhenAll(sidecars.Sidecars.Select(sidecar => sidecar.Stopped));
        var first = await Task.WhenAny(ended, askedToStop, allStopped, Failing(waiting));
        await ending.CancelAsync();
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (waiting.IsFaulted)
            throw new RunException(waiting.Exception.InnerException!.Message, waiting.Exception.InnerException);
        if (alone || stop.IsCancellationRequested)
            console.Status(StatusMark.Info, alone ? "terminated signal received: shutting down" : "Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.");
        return first == ended && ended is Task<int> { IsCompletedSuccessfully: true, Result: var exitCode } ? exitCode : 0;
    }

    /// <summary>Completes only when the task fails: a sidecar that cannot start its blocks ends the run.</summary>
    private static async Task Failing(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!task.IsFaulted)
            await Task.Delay(Timeout.Infinite);
    }

    private async Task TellWhenReadyAsync(HostedSidecars sidecars, CancellationToken cancellationToken)
    {
        var waits = plan.Instances.Zip(sidecars.Sidecars, (instance, sidecar) => (instance, ready: sidecar.WaitUntilReadyAsync(cancellationToken))).ToList();
        var all = Task.WhenAll(waits.Select(wait => wait.ready));
        while (await Task.WhenAny(all, Task.Delay(s_silence, time, cancellationToken)) != all && !cancellationToken.IsCancellationRequested)
        {
            var awaited = waits.Where(wait => !wait.ready.IsCompleted)
                .Select(wait => wait.instance.Sidecar.AppPort > 0 ? $"{wait.instance.Label} (port {wait.instance.Sidecar.AppPort})" : wait.instance.Label).ToList();
            console.Tell($"Waiting for {string.Join(", ", awaited)} to take work ({Stopwatch.GetElapsedTime(_startedAt).TotalSeconds:0} s) ...");
        }

        await all;
        foreach (var line in RunReport.Apps(plan.Instances.Select(instance => (instance, PidOf(instance)))))
        {
            console.Tell(line);
        }

        TellUp();
        lock (_gate)
        {
            _ready = true;
        }

        WriteReadyFile();
        await Task.WhenAll(plan.Instances.Select(instance => _attributes.WriteAsync(instance, _logs[instance], PidOf(instance))));
    }

    private void TellUp()
    {
        if (!alone)
            console.Tell($"All {plan.Instances.Count} apps are healthy after {Stopwatch.GetElapsedTime(_startedAt).TotalSeconds:0.0} s. Ctrl-C stops them.");
        else if (plan.Instances is [{ Command.Count: > 0 } app])
        {
            console.Status(StatusMark.Info, $"Updating metadata for app command: {string.Join(' ', app.Command)}");
            console.Status(StatusMark.Success, "You're up and running! Both Dapr and your app logs will appear here.");
        }
        else
        {
            console.Status(StatusMark.Success, "You're up and running! Dapr logs will appear here.");
        }
    }

    private void Record(AppSupervisor supervisor)
    {
        _book.Note(supervisor.Instance, supervisor.ProcessId, _logs[supervisor.Instance]);
        if (supervisor.Starts > 1)
            _ = RewriteReadyFileAsync(supervisor);
    }

    private async Task RewriteReadyFileAsync(AppSupervisor supervisor)
    {
        var pid = supervisor.ProcessId;
        using var givingUp = new CancellationTokenSource();
        var healthy = AppReadiness.WaitAsync(supervisor.Instance.Sidecar, time, givingUp.Token);
        while (await Task.WhenAny(healthy, Task.Delay(s_silence, time)) != healthy && supervisor.ProcessId == pid)
        {
            console.Tell($"Waiting for {supervisor.Instance.Label} to take work again ...");
        }

        await givingUp.CancelAsync();
        await healthy.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!healthy.IsCompletedSuccessfully || supervisor.ProcessId != pid)
            return;
        console.Tell($"App {supervisor.Instance.Label} is healthy again, process {pid}.");
        WriteReadyFile();
        await _attributes.WriteAsync(supervisor.Instance, _logs[supervisor.Instance], pid);
    }

    private void WriteReadyFile()
    {
        lock (_gate)
        {
            if (readyFile is null || !_ready)
                return;
            new ReadyRun(Environment.ProcessId, [.. plan.Instances.Select(instance => new ReadyApp(
                instance.Sidecar.AppId, instance.Replica, PidOf(instance), instance.Sidecar.AppPort,
                instance.Sidecar.HttpPort, instance.Sidecar.GrpcPort, instance.Sidecar.MetricsPort))], _faultControl?.Port).WriteTo(readyFile);
        }
    }

    private async Task StopAsync(HostedSidecars sidecars, CancellationToken kill)
    {
        // Asked twice: no more waiting.
        await using var killing = kill.Register(() => _supervisors.ForEach(supervisor => supervisor.Kill()));
        // Sidecars drain while their apps can still finish what is under way.
        await Task.WhenAll(sidecars.Sidecars.Select(sidecar => sidecar.StopAsync())).WaitAsync(kill).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_supervisors.Select(supervisor => supervisor.StopAsync(s_appGrace)));
        _supervisors.ForEach(supervisor => supervisor.Dispose());
        if (readyFile is not null)
            File.Delete(readyFile);
        _book.Close();
        if (!alone)
        {
            console.Tell("Everything is stopped.");
            return;
        }

        console.Status(StatusMark.Success, "Exited Dapr successfully");
        foreach (var (mark, line) in _supervisors.Select(supervisor => supervisor.LastWord()))
            console.Status(mark, line);
    }

    /// <summary>Stops the instances of one app and their sidecars; the others run on.</summary>
    private async Task<bool> StopAppAsync(HostedSidecars sidecars, string appId)
    {
        var stopped = sidecars.Sidecars.Where(sidecar => sidecar.Options.AppId == appId).ToList();
        await Task.WhenAll(stopped.Select(sidecar => sidecar.StopAsync()));
        await Task.WhenAll(_supervisors.Where(supervisor => supervisor.Instance.Sidecar.AppId == appId).Select(supervisor => supervisor.StopAsync(s_appGrace)));
        _book.Forget(appId);
        console.Tell($"App {appId} was stopped.");
        return stopped.Count > 0;
    }

    private static string DoorsOf(PlannedInstance instance, string quote) => instance.Sidecar.SocketDirectory is { } sockets
        ? $"{quote}{instance.Label}{quote}. HTTP Socket: {ApiSocket.PathOf(sockets, instance.Sidecar.AppId, "http")}. gRPC Socket: {ApiSocket.PathOf(sockets, instance.Sidecar.AppId, "grpc")}."
        : $"{quote}{instance.Label}{quote}. HTTP Port: {instance.Sidecar.HttpPort}. gRPC Port: {instance.Sidecar.GrpcPort}";

    private int PidOf(PlannedInstance instance) => _supervisors.FirstOrDefault(supervisor => supervisor.Instance == instance)?.ProcessId ?? 0;

    private string RunDirectory => plan.TemplateFile.Length == 0 ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(plan.TemplateFile))!;
}
