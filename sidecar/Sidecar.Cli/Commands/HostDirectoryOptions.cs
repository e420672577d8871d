using System.CommandLine;
using Sidecar.Cli.Planning;

namespace Sidecar.Cli.Commands;

/// <summary>The options that say which run is meant.</summary>
internal sealed class HostDirectoryOptions
{
    private readonly Option<string?> _runFile = new("--run-file", "-f") { Description = "The run file it was started with, or its folder", HelpName = "path" };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "The --data-dir it was started with", HelpName = "folder" };

    private readonly Option<string?> _appId = new("--app-id", "-a") { Description = "The app id, when the app was started alone by run --app-id" };

    public void AddTo(Command command)
    {
        command.Options.Add(_appId);
        command.Options.Add(_runFile);
        command.Options.Add(_dataDirectory);
    }

    /// <summary>The host directory that is meant.</summary>
    public string Directory(ParseResult given)
    {
        if (given.GetValue(_dataDirectory) is { Length: > 0 } directory)
            return Path.GetFullPath(directory);
        var path = Path.GetFullPath(given.GetValue(_runFile) ?? ".");
        return RunPlanner.HostDirectory(System.IO.Directory.Exists(path) ? path : Path.GetDirectoryName(path)!, given.GetValue(_appId) ?? "");
    }
}
