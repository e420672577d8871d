using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Conformance;

namespace Platform;

/// <summary>One app instance, as the sidecar's ready file tells it.</summary>
public sealed record AppInstance(string AppId, int Replica, int Pid, int AppPort, int HttpPort, int GrpcPort, int MetricsPort);

/// <summary>What a platform is started with besides its replicas.</summary>
public sealed record PlatformSettings
{
    /// <summary>Folder under <c>components/pubsub</c>.</summary>
    public string Broker { get; init; } = "embedded";

    /// <summary>Folder under <c>components/state</c>, or another one by its whole path.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>Text of a run file that stands in for <c>dapr.yaml</c>, with paths as from there; null for <c>dapr.yaml</c> itself.</summary>
    public string? RunFile { get; init; }

    /// <summary>More arguments of <c>sidecar run</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment of the host; its apps inherit it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>With Loyalty, the service in TypeScript; it must have been built.</summary>
    public bool Loyalty { get; init; }

    /// <summary>Token that the sidecars ask of their callers, and apps give; null for none.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Token that the apps ask of their callers, and sidecars give; null for none.</summary>
    public string? AppToken { get; init; }
}

/// <summary>
/// The whole platform as it really runs: `sidecar run -f dapr.yaml` with every app as a process, on free ports and in a folder of its own, so that several can run from one checkout.
/// </summary>
public sealed class RunningPlatform : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(180);

    private readonly Process _host;
    private readonly string _directory;
    private readonly ConcurrentQueue<string> _log = new();

    private bool _disposed;

    private RunningPlatform(Process host, string directory, string? apiToken)
    {
        _host = host;
        _directory = directory;
        ApiToken = apiToken;
    }

    /// <summary>Whether Loyalty was built: without Node.js it is left out.</summary>
    public static bool HasLoyalty => File.Exists(Path.Combine(Checkout.Root, "services", "Loyalty", "dist", "src", "main.js"));

    /// <summary>What a call to a sidecar has to carry; null for nothing.</summary>
    public string? ApiToken { get; }

    /// <summary>Where the ready file, the broker and the state of this platform are.</summary>
    public string DirectoryPath => _directory;

    /// <summary>The host process that holds every sidecar.</summary>
    public int HostPid => _host.Id;

    public static async Task<RunningPlatform> StartAsync(int replicas, string? directory = null, PlatformSettings? settings = null)
    {
        settings ??= new PlatformSettings();
        directory ??= Directory.CreateTempSubdirectory("order-platform-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL refuses to run as root: as a user of its own it must reach its data through this folder.
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        var artifacts = Path.Combine(Checkout.Root, "artifacts", "bin");
        var cli = Path.Combine(artifacts, "Sidecar.Cli", "release", "Sidecar.Cli.dll");
        if (!File.Exists(cli))
        {
            throw new FileNotFoundException("the platform tests start what `dotnet build Dapr.sln -c Release` built; build it and run the tests with -c Release", cli);
        }

        var readyFile = Path.Combine(directory, "ready.json");
        File.Delete(readyFile);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = settings.RunFile is not null,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            cli, "run", "-f", settings.RunFile is null ? "dapr.yaml" : "-",
            "--swap", $"components/pubsub/redis=components/pubsub/{settings.Broker}", "--swap", $"components/state/sqlite={Path.Combine("components/state", settings.Store)}",
            "--swap", "components/configuration/redis=components/configuration/embedded",
            "--replicas", $"{replicas}", "--free-ports", "--data-dir", directory, "--ready-file", readyFile,
            .. settings.Loyalty ? (string[])[] : ["--without", "loyalty", "--env", "Loyalty__Enabled=false"], .. settings.Arguments,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NO_COLOR"] = "1";
        start.Environment["DAPR_API_TOKEN"] = settings.ApiToken;
        start.Environment["APP_API_TOKEN"] = settings.AppToken;
        foreach (var (name, value) in settings.Environment)
        {
            start.Environment[name] = value;
        }

        var platform = new RunningPlatform(Process.Start(start)!, directory, settings.ApiToken);
        platform._host.OutputDataReceived += (_, line) => platform.Remember(line.Data);
        platform._host.ErrorDataReceived += (_, line) => platform.Remember(line.Data);
        platform._host.BeginOutputReadLine();
        platform._host.BeginErrorReadLine();
        try
        {
            if (settings.RunFile is not null)
            {
                await platform._host.StandardInput.WriteAsync(settings.RunFile);
                platform._host.StandardInput.Close();
            }

            await Eventually.IsTrueAsync(
                () => platform._host.HasExited ? throw new InvalidOperationException("the platform ended before it was ready") : Task.FromResult(File.Exists(readyFile)),
                _patience,
                "every app to be healthy");
        }
        catch (Exception problem)
        {
            await platform.DisposeAsync();
            throw new InvalidOperationException($"{problem.Message}\n{platform.LastLines(80)}", problem);
        }

        return platform;
    }

    /// <summary>The instances as they are now: pids change when an app was restarted.</summary>
    public IReadOnlyList<AppInstance> Instances()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory, "ready.json")));
        var root = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement : document.RootElement.GetProperty("apps");
        return root.Deserialize<List<AppInstance>>(JsonSerializerOptions.Web)!;
    }

    /// <summary>Port of the fault control of a platform that was started with <c>--faults</c>.</summary>
    public int FaultPort
    {
        get
        {
            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory, "ready.json")));
            return document.RootElement.GetProperty("faultPort").GetInt32();
        }
    }

    public AppInstance Instance(string appId, int replica = 0) => Instances().Single(instance => instance.AppId == appId && instance.Replica == replica);

    /// <summary>What the platform printed last, for a failing test's message.</summary>
    public string LastLines(int count) => string.Join('\n', _log.TakeLast(count));

    /// <summary>Kills the host as a power cut would; its apps go with it.</summary>
    public async Task KillAsync()
    {
        _host.Kill();
        await _host.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_host.HasExited)
        {
            Signals.Terminate(_host);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _host.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _host.Kill(entireProcessTree: true);
            }
        }

        _host.Dispose();
    }

    /// <summary>Removes what the platform kept; a test that restarts it does so only at its end. <c>KEEP_PLATFORMS=1</c>, or who has seen something wrong, leaves logs and state for who looks for a cause.</summary>
    public void Forget(bool keepsLogs = false)
    {
        if (keepsLogs || Environment.GetEnvironmentVariable("KEEP_PLATFORMS") == "1")
        {
            File.WriteAllLines(Path.Combine(_directory, "console.log"), _log);
            return;
        }

        Directory.Delete(_directory, recursive: true);
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        if (_log.Count > 10_000)
        {
            _log.TryDequeue(out _);
        }
    }
}
