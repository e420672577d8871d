using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecar.Processes;

/// <summary>A process that a run started: the host itself, or an app instance.</summary>
public sealed record RunRecord
{
    /// <summary>The process; on Unix its id is that of its group too. Null for a sidecar without an app.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>What it runs.</summary>
    public string Command { get; init; } = "";

    /// <summary>App id; empty for the host.</summary>
    public string AppId { get; init; } = "";

    /// <summary>0 for the first instance.</summary>
    public int Replica { get; init; }

    /// <summary>Port of the app.</summary>
    public int AppPort { get; init; }

    /// <summary>HTTP port of the sidecar.</summary>
    public int HttpPort { get; init; }

    /// <summary>gRPC port of the sidecar.</summary>
    public int GrpcPort { get; init; }

    /// <summary>Metrics port of the sidecar.</summary>
    public int MetricsPort { get; init; }

    /// <summary>Address the sidecar listens on.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    /// <summary>Folder of the sidecar's Unix domain sockets; empty when it listens on ports.</summary>
    public string SocketDirectory { get; init; } = "";

    /// <summary>Largest request body the sidecar takes, in bytes.</summary>
    public long MaxBodySize { get; init; }

    /// <summary>When it was started, for people.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Run file of the host; empty for an app, and for a host without one.</summary>
    public string RunFile { get; init; } = "";

    /// <summary>Name of the run; empty for an app.</summary>
    public string RunName { get; init; } = "";

    /// <summary>Base address of the host's control API; empty for an app.</summary>
    public string Control { get; init; } = "";

    /// <summary>Bearer token of the control API.</summary>
    public string ControlToken { get; init; } = "";

    /// <summary>The app's log file.</summary>
    public string AppLog { get; init; } = "";

    /// <summary>The sidecar's log file.</summary>
    public string SidecarLog { get; init; } = "";
}

/// <summary>
/// What runs from a host directory: one file for the host and one per app instance. What an earlier host left running is recognised by process id
/// and start time together, so that nothing else is ever touched.
/// </summary>
public sealed class RunRecords(string hostDirectory)
{
    private const string HostFile = "host.json";

    private readonly string _directory = Path.Combine(hostDirectory, "run");

    /// <summary>The host that runs from here now, or null.</summary>
    public RunRecord? RunningHost => Read(Path.Combine(_directory, HostFile)) is { Process.IsAlive: true } host ? host : null;

    /// <summary>The app instances on record.</summary>
    public IReadOnlyList<RunRecord> Apps =>
        Directory.Exists(_directory)
            ? [.. Directory.EnumerateFiles(_directory, "app-*.json").Select(Read).OfType<RunRecord>().OrderBy(app => app.AppId, StringComparer.Ordinal).ThenBy(app => app.Replica)]
            : [];

    /// <summary>Records the host.</summary>
    public void WriteHost(RunRecord host) => Write(HostFile, host);

    /// <summary>Records an app instance.</summary>
    public void WriteApp(RunRecord app) => Write(FileOf(app), app);

    /// <summary>Forgets the instances of an app: it was stopped and its run goes on.</summary>
    public void RemoveApp(string appId)
    {
        foreach (var app in Apps.Where(app => app.AppId == appId))
            File.Delete(Path.Combine(_directory, FileOf(app)));
    }

    /// <summary>Ends what an earlier host left running and forgets it; says what was ended.</summary>
    public IReadOnlyList<RunRecord> ClearLeftovers()
    {
        var ended = new List<RunRecord>();
        foreach (var app in Apps)
        {
            if (app.Process is { IsAlive: true } process)
            {
                ProcessTree.Kill(process.Id);
                ended.Add(app);
            }
        }

        Clear();
        return ended;
    }

    /// <summary>Forgets everything: the run is over.</summary>
    public void Clear()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private static string FileOf(RunRecord app) => $"app-{app.AppId}-{app.Replica}.json";

    private void Write(string name, RunRecord record)
    {
        Directory.CreateDirectory(_directory);
        var path = Path.Combine(_directory, name);
        // A reader never sees half a file.
        using (var file = new FileStream(path + ".new", OwnersOnly()))
            JsonSerializer.Serialize(file, record, RunRecordJson.Default.RunRecord);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The host's record holds a token.</summary>
    private static FileStreamOptions OwnersOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static RunRecord? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), RunRecordJson.Default.RunRecord);
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            // Gone since, or no record of ours: either way nothing to act on.
            return null;
        }
    }
}

/// <summary>JSON of the records.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunRecordJson : JsonSerializerContext;
