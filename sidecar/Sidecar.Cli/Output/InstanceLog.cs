using System.Globalization;
using Sidecar.Cli.Planning;
using Sidecar.Cli.RunFiles;

namespace Sidecar.Cli.Output;

/// <summary>Where the lines of one app instance and its sidecar go: console, files, and the last few kept for bad news.</summary>
public sealed class InstanceLog : IDisposable
{
    private const int Kept = 20;

    private readonly RunConsole _console;
    private readonly LogDestination _appTo;
    private readonly LogDestination _sidecarTo;
    private readonly string _label;
    private readonly StreamWriter? _appFile;
    private readonly StreamWriter? _sidecarFile;
    private readonly Queue<string> _lastLines = new();
    private readonly Lock _gate = new();
    private bool _closed;

    /// <summary>Opens the files.</summary>
    /// <param name="instance">Whose log.</param>
    /// <param name="console">The terminal.</param>
    /// <param name="startedAt">Part of the file names.</param>
    /// <param name="alone">A run of one app: its prefixes carry no id, as with <c>dapr run</c>.</param>
    public InstanceLog(PlannedInstance instance, RunConsole console, DateTimeOffset startedAt, bool alone)
    {
        _console = console;
        _appTo = instance.App.AppLog;
        _sidecarTo = instance.App.SidecarLog;
        _label = alone ? "" : instance.Label;
        var stamp = startedAt.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        AppFile = Path.Combine(instance.LogDirectory, $"{instance.Label}_app_{stamp}.log");
        SidecarFile = Path.Combine(instance.LogDirectory, $"{instance.Label}_daprd_{stamp}.log");
        _appFile = Open(AppFile, _appTo.HasFlag(LogDestination.File) && instance.Command.Count > 0);
        _sidecarFile = Open(SidecarFile, _sidecarTo.HasFlag(LogDestination.File));
    }

    /// <summary>Path of the app's log file, whether or not it is written.</summary>
    public string AppFile { get; }

    /// <summary>Path of the sidecar's log file, whether or not it is written.</summary>
    public string SidecarFile { get; }

    /// <summary>The last lines of the app, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lastLines];
            }
        }
    }

    /// <summary>A line of the app.</summary>
    public void App(string line)
    {
        lock (_gate)
        {
            if (_lastLines.Count == Kept)
                _lastLines.Dequeue();
            _lastLines.Enqueue(line);
            Write(_appFile, line);
        }

        if (_appTo.HasFlag(LogDestination.Console))
            _console.Write("APP", _label, line);
    }

    /// <summary>A line of the sidecar; an error is shown on the console whatever was asked for.</summary>
    public void Sidecar(string line, bool isError)
    {
        lock (_gate)
        {
            Write(_sidecarFile, line);
        }

        if (isError || _sidecarTo.HasFlag(LogDestination.Console))
            _console.Write("DAPR", _label, line);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _appFile?.Dispose();
            _sidecarFile?.Dispose();
        }
    }

    private void Write(StreamWriter? file, string line)
    {
        if (!_closed)
            file?.WriteLine(line);
    }

    private static StreamWriter? Open(string path, bool wanted)
    {
        if (!wanted)
            return null;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }
}
