using System.Reflection;
using Microsoft.Extensions.Logging;
using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;
using Sidecar.Cli.Running;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Daprd;

/// <summary>One sidecar in the foreground, as the daprd process: its log on the standard output, its app somebody else's to start.</summary>
internal sealed class DaprdRun(DaprdSettings settings, RunConsole console, bool logAsJson, TimeProvider time) : IDisposable
{
    private readonly PlannedInstance _instance = settings.Plan.Instances[0];
    private readonly RunBook _book = new(settings.Plan, time);
    private CancellationTokenSource _reload = new();

    private string AppId => _instance.Sidecar.AppId;

    /// <summary>Starts the sidecar again with what its files say now: daprd's answer to a hang-up.</summary>
    public void Reload() => _reload.Cancel();

    /// <summary>Serves until <paramref name="stop"/>, or until the shutdown API ends the sidecar.</summary>
    /// <returns>Exit code: 0, or 1 for an error that daprd calls fatal.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        await using var file = settings.LogFile is null ? null : new StreamWriter(settings.LogFile, append: true) { AutoFlush = true };
        var writer = TextWriter.Synchronized(file ?? Console.Out);
        using var logs = new SidecarLogs(console, time);
        logs.Route(AppId, new SidecarLogTarget((line, _) => writer.WriteLine(line), SidecarLogTarget.LevelOf(_instance.App.LogLevel), logAsJson));
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs));
        var logger = loggers.CreateLogger("dapr.runtime");
        var build = typeof(DaprdRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        logger.Starting(AppId, SidecarHost.DaprVersion, build);
        logger.LevelSet(AppId, _instance.App.LogLevel);
        if (settings.Note is { } note)
            logger.Note(AppId, note);
        try
        {
            _book.ClearLeftovers(line => logger.Note(AppId, line));
            while (await ServeAsync(loggers, logger, stop))
            {
                logger.Reloading(AppId);
                _reload.Dispose();
                _reload = new CancellationTokenSource();
            }

            logger.Ended(AppId);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception error) when (error is RunException or ResourceException or SidecarStartException)
        {
            logger.Fatal(AppId, error.Message);
            return 1;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reload.Dispose();

    /// <summary>True when it ended to be started again.</summary>
    private async Task<bool> ServeAsync(ILoggerFactory loggers, ILogger logger, CancellationToken stop)
    {
        PreflightCheck.Run(settings.Plan);
        await using var servers = new RunServers(false, _instance.App.AppDirectory, settings.Plan.HostDirectory, console);
        await using var sidecars = await HostedSidecars.StartAsync(settings.Plan, servers, null, loggers, stop);
        await using var control = await ControlServer.StartAsync(sidecars.Messages, _ => Task.FromResult(false));
        _book.Open(control);
        _book.Note(_instance, 0, null);
        var sidecar = sidecars.Sidecars[0];
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, _reload.Token);
            var ready = sidecar.WaitUntilReadyAsync(ending.Token);
            var asked = Task.Delay(Timeout.Infinite, ending.Token);
            await Task.WhenAny(ready, sidecar.Stopped, asked);
            if (ready.IsFaulted)
                await ready;
            await Task.WhenAny(sidecar.Stopped, asked);
            if (stop.IsCancellationRequested && settings.BlockShutdown is { } duration)
            {
                logger.BlockingShutdown(AppId, duration);
                await BlockAsync(sidecar, duration);
            }

            return _reload.IsCancellationRequested && !stop.IsCancellationRequested;
        }
        finally
        {
            await sidecar.StopAsync();
            _book.Close();
        }
    }

    private async Task BlockAsync(SidecarInstance sidecar, TimeSpan duration)
    {
        var unhealthy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var app = sidecar.Context.App;
        app.HealthChanged += Follow;
        if (app.IsHealthy)
            await Task.WhenAny(unhealthy.Task, Task.Delay(duration, time));
        app.HealthChanged -= Follow;

        void Follow(bool healthy)
        {
            if (!healthy)
                unhealthy.TrySetResult();
        }
    }
}
