using System.CommandLine;
using Sidecar.Cli.Planning;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary>The options that say which run is meant.</summary>
internal sealed class HostDirectoryOptions
{
    private readonly Option<string?> _runFile = new("--run-file", "-f") { Description = "The run file it was started with, or its folder", HelpName = "path" };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "Not in dapr. The --data-dir it was started with", HelpName = "folder" };
    private readonly Option<string?> _appId = new("--app-id", "-a") { Description = "The app id, when the app was started alone by run --app-id" };

    /// <summary>Adds them; a command that takes app ids itself has an option of its own for them.</summary>
    public void AddTo(Command command, bool withAppId = true)
    {
        if (withAppId)
            command.Options.Add(_appId);
        command.Options.Add(_runFile);
        command.Options.Add(_dataDirectory);
    }

    /// <summary>True when a folder or a file is named.</summary>
    public bool IsNamed(ParseResult given) => given.GetValue(_dataDirectory) is { Length: > 0 } || given.GetValue(_runFile) is { Length: > 0 };

    /// <summary>The host directory that is meant; the current folder's unless another is named.</summary>
    public string Directory(ParseResult given)
    {
        if (given.GetValue(_dataDirectory) is { Length: > 0 } directory)
            return Path.GetFullPath(directory);
        var path = Path.GetFullPath(given.GetValue(_runFile) ?? ".");
        return RunPlanner.HostDirectory(System.IO.Directory.Exists(path) ? path : Path.GetDirectoryName(path)!, given.GetValue(_appId) ?? "");
    }

    /// <summary>The apps that run: those of the run that is named, else every run's; only one app id's, when one is given.</summary>
    public IReadOnlyList<RunningApp> Find(ParseResult given)
    {
        if (IsNamed(given))
            return RunningApps.Of(Directory(given));
        return [.. RunningApps.OfUser().Where(app => given.GetValue(_appId) is not { Length: > 0 } id || app.App.AppId == id)];
    }
}
