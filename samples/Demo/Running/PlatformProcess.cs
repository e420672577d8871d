using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Demo.Running;

/// <summary>The platform as a child process: the embedded sidecar's host, which starts every app of <c>dapr.yaml</c>.</summary>
public sealed partial class PlatformProcess : IAsyncDisposable
{
    private const string ReadyFile = "ready.json";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _host;
    private readonly Task _log;
    private readonly string _logFile;
    private readonly string _readyFile;

    private PlatformProcess(Process host, Task log, string logFile, string readyFile)
    {
        _readyFile = readyFile;
        _host = host;
        _log = log;
        _logFile = logFile;
        Ended = host.WaitForExitAsync();
    }

    /// <summary>Ends when the host has gone, for whatever reason.</summary>
    public Task Ended { get; }

    /// <summary>Address of the Gateway's first instance.</summary>
    public Uri Gateway { get; private set; } = null!;

    /// <summary>Process id of the host.</summary>
    public int HostPid => _host.Id;

    /// <summary>Starts the platform and waits until every app takes work.</summary>
    /// <param name="repository">Where it is built.</param>
    /// <param name="options">Broker, store and replicas.</param>
    /// <param name="dataDirectory">Where it keeps its data; null for where a plain <c>./run</c> does.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="DemoException">It does not come up; the message holds the last lines of its log.</exception>
    public static async Task<PlatformProcess> StartAsync(Repository repository, DemoOptions options, string? dataDirectory, CancellationToken cancellationToken)
    {
        var notes = dataDirectory ?? Path.Combine(repository.Root, ".dapr");
        Directory.CreateDirectory(notes);
        var readyFile = Path.Combine(notes, ReadyFile);
        File.Delete(readyFile);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            repository.SidecarProgram, "run", "-f", "dapr.yaml",
            "--swap", $"components/pubsub/redis=components/pubsub/{options.Broker}",
            "--swap", $"components/state/sqlite=components/state/{options.Store}",
            "--swap", "components/configuration/redis=components/configuration/embedded",
            .. repository.HasLoyalty ? (string[])[] : ["--without", "loyalty", "--env", "Loyalty__Enabled=false"],
            "--replicas", options.Replicas.ToString(CultureInfo.InvariantCulture),
            .. dataDirectory is null ? (string[])[] : ["--data-dir", dataDirectory], "--free-ports", "--ready-file", readyFile, .. options.StartServers ? (string[])["--start-servers"] : [],
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        var host = Process.Start(start) ?? throw new DemoException("the program 'dotnet' cannot be started; is the .NET 10 SDK on the path?");
        var logFile = Path.Combine(notes, "demo-platform.log");
        var platform = new PlatformProcess(host, LogAsync(host, logFile), logFile, readyFile);
        try
        {
            await platform.WaitForReadyAsync(readyFile, cancellationToken);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Process id of a host that still runs on the folder, left behind by a demo that was killed; null when there is none.</summary>
    public static int? StillRuns(string dataDirectory)
    {
        var readyFile = Path.Combine(dataDirectory, ReadyFile);
        if (!File.Exists(readyFile))
            return null;
        using var ready = JsonDocument.Parse(File.ReadAllBytes(readyFile));
        var pid = ready.RootElement.GetProperty("hostPid").GetInt32();
        try
        {
            using var process = Process.GetProcessById(pid);
            // A process that began after the file was written only has the same number.
            return process.StartTime.ToUniversalTime() <= File.GetLastWriteTimeUtc(readyFile) ? pid : null;
        }
        catch (ArgumentException)
        {
            return null; // no such process
        }
    }

    /// <summary>The apps and their process ids as they are now; an app that is being started again has none.</summary>
    public IReadOnlyList<(string AppId, int Pid)> Apps()
    {
        using var ready = JsonDocument.Parse(File.ReadAllBytes(_readyFile));
        return [.. ready.RootElement.GetProperty("apps").EnumerateArray()
            .Select(app => (app.GetProperty("appId").GetString()!, app.GetProperty("pid").GetInt32()))
            .Where(app => app.Item2 > 0)];
    }

    /// <summary>Kills the host as a power cut would; its apps go with it.</summary>
    public void KillHost() => _host.Kill();

    /// <summary>Kills a process as a crash would; false when there is none any more.</summary>
    public static bool KillAtOnce(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return true;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The last lines that the platform wrote.</summary>
    public string LastLines(int count)
    {
        using var reader = new StreamReader(new FileStream(_logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return string.Join(Environment.NewLine, reader.ReadToEnd().Split('\n').TakeLast(count + 1)).TrimEnd();
    }

    /// <summary>Asks the host to stop everything, and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_host.HasExited)
        {
            if (OperatingSystem.IsWindows())
                _host.Kill(entireProcessTree: true); // its apps are in a job and go with it
            else
                SendSignal(_host.Id, 15);
        }

        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await _host.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _host.Kill(entireProcessTree: true);
            await _host.WaitForExitAsync(CancellationToken.None);
        }

        await _log;
        _host.Dispose();
    }

    private static async Task LogAsync(Process host, string file)
    {
        await using var log = new StreamWriter(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        using var gate = new SemaphoreSlim(1, 1);
        await Task.WhenAll(CopyAsync(host.StandardOutput), CopyAsync(host.StandardError));

        async Task CopyAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                await gate.WaitAsync();
                await log.WriteLineAsync(line);
                gate.Release();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);

    private async Task WaitForReadyAsync(string readyFile, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        while (!File.Exists(readyFile))
        {
            if (_host.HasExited)
                throw new DemoException($"the platform did not start (exit code {_host.ExitCode}). Its last lines:\n{LastLines(15)}\nThe whole log: {_logFile}");
            if (started.Elapsed > StartTimeout)
                throw new DemoException($"the platform was not ready after {StartTimeout.TotalSeconds:N0} s. Its last lines:\n{LastLines(15)}\nThe whole log: {_logFile}");
            await Task.Delay(50, cancellationToken);
        }

        using var ready = JsonDocument.Parse(await File.ReadAllBytesAsync(readyFile, cancellationToken));
        var gateway = ready.RootElement.GetProperty("apps").EnumerateArray()
            .First(app => app.GetProperty("appId").GetString() == "gateway" && app.GetProperty("replica").GetInt32() == 0);
        Gateway = new Uri($"http://127.0.0.1:{gateway.GetProperty("appPort").GetInt32()}");
    }
}
