using System.CommandLine;
using Sidecar.Cli.Planning;
using Sidecar.Cli.RunFiles;
using Sidecar.Cli.Running;
using Sidecar.Processes;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Workflows;

/// <summary>The options that say whose workflows are meant, and the way to them. Names are those of <c>dapr workflow</c>; which run it is, says what says it everywhere here.</summary>
internal sealed class WorkflowPlace
{
    private readonly Option<string?> _appId = new("--app-id", "-a") { Description = "The app ID owner of the workflow instances; needed when several apps run", HelpName = "app id", Recursive = true };
    private readonly Option<string> _namespace = new("--namespace", "-n") { Description = "Namespace of the app", DefaultValueFactory = _ => "default", Recursive = true };
    private readonly Option<string?> _runFile = new("--run-file", "-f") { Description = "The run file it was started with, or its folder (default: the current folder)", HelpName = "path", Recursive = true };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "The --data-dir it was started with", HelpName = "folder", Recursive = true };
    private readonly Option<string[]> _swaps = new("--swap") { Description = "The --swap it was started with; only needed while it does not run", HelpName = "FROM=TO", Recursive = true };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _appId, _namespace, _runFile, _dataDirectory, _swaps })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The app that is meant.</summary>
    public string AppId(ParseResult given) => given.GetValue(_appId) is { Length: > 0 } id ? id : Running(given) switch
    {
        [] => throw new RunException($"nothing runs from {Directory(given)}: --app-id says whose workflows to look for in the store of a stopped app"),
        [var only] => only.AppId,
        var several => throw new RunException(
            $"--app-id is required when there are several apps; these run: {string.Join(", ", several.Select(app => app.AppId).Distinct(StringComparer.Ordinal))}"),
    };

    public string Namespace(ParseResult given) => given.GetValue(_namespace)!;

    /// <summary>The sidecar of the running app.</summary>
    /// <exception cref="RunException">It does not run.</exception>
    public RunningWorkflows Connect(ParseResult given) => FindRunning(given, AppId(given)) ?? throw new RunException(
        $"app '{AppId(given)}' does not run from {Directory(given)}, and only a running one can change its workflows. Start it (`sidecar run`), or say with -f or --data-dir where it runs");

    /// <summary>The workflows of the app, whether it runs or not.</summary>
    public async Task<IWorkflowReader> OpenAsync(ParseResult given, CancellationToken cancellationToken)
    {
        var appId = AppId(given);
        if (FindRunning(given, appId) is { } running)
            return running;
        var file = given.GetValue(_runFile) ?? ".";
        if (!File.Exists(System.IO.Directory.Exists(file) ? Path.Combine(file, "dapr.yaml") : file))
        {
            throw new RunException(
                $"app '{appId}' does not run from {Directory(given)}. Say with -f or --data-dir where it runs; to look into the store of a stopped app, say with -f in which run file it is");
        }

        var template = RunTemplateReader.Read(file, TextReader.Null);
        var settings = new RunSettings
        {
            Swaps = [.. (given.GetValue(_swaps) ?? []).Select(swap => swap.Split('=', 2)).Where(swap => swap.Length == 2 && swap[0] != swap[1]).Select(swap => (swap[0], swap[1]))],
            Replicas = 1,
            DataDirectory = given.GetValue(_dataDirectory) is { Length: > 0 } directory ? Path.GetFullPath(directory) : null,
        };
        var plan = new RunPlanner(settings, () => 0, Environment.GetEnvironmentVariable).Plan(template);
        var app = plan.Instances.FirstOrDefault(instance => instance.Sidecar.AppId == appId) ?? throw new RunException(
            $"there is no app '{appId}' in {file}: it has {string.Join(", ", plan.Instances.Select(instance => instance.Sidecar.AppId))}");
        return await StoppedWorkflows.OpenAsync(app with { Sidecar = app.Sidecar with { Namespace = Namespace(given) } }, plan.HostDirectory, cancellationToken);
    }

    private RunningWorkflows? FindRunning(ParseResult given, string appId)
    {
        var token = Environment.GetEnvironmentVariable("DAPR_API_TOKEN");
        return Running(given).Find(app => app.AppId == appId) is { } running ? new RunningWorkflows(running.GrpcPort, string.IsNullOrEmpty(token) ? null : token) : null;
    }

    private List<RunRecord> Running(ParseResult given)
    {
        var directory = Directory(given);
        var alone = Path.Combine(directory, "apps");
        return [.. new[] { directory }
            .Concat(System.IO.Directory.Exists(alone) ? System.IO.Directory.EnumerateDirectories(alone).Order(StringComparer.Ordinal) : [])
            .Select(folder => new RunRecords(folder))
            .Where(records => records.RunningHost is not null)
            .SelectMany(records => records.Apps)];
    }

    private string Directory(ParseResult given)
    {
        if (given.GetValue(_dataDirectory) is { Length: > 0 } directory)
            return Path.GetFullPath(directory);
        var path = Path.GetFullPath(given.GetValue(_runFile) ?? ".");
        return RunPlanner.HostDirectory(System.IO.Directory.Exists(path) ? path : Path.GetDirectoryName(path)!, "");
    }
}
