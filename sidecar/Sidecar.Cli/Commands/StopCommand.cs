using System.CommandLine;
using Sidecar.Cli.Output;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar stop</c>: apps by their ids, the run of a run file, or (not in dapr) the run of the current folder.</summary>
internal sealed class StopCommand
{
    private readonly HostDirectoryOptions _place = new();
    private readonly FlagNotes _notes = new();
    private readonly Option<string[]> _appIds = new("--app-id", "-a") { Description = "The app to stop; may be given several times", HelpName = "app id" };
    private readonly Argument<string[]> _moreAppIds = new("apps") { Description = "More apps to stop", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _wait = new("--wait", "-w") { Description = "Accepted for dapr's sake: the command always waits until the apps have stopped" };
    private readonly Option<int> _timeout = new("--timeout", "-t") { Description = "Seconds to wait before what has not stopped is killed", DefaultValueFactory = _ => 15 };

    public static Command Create()
    {
        var stop = new StopCommand();
        var command = new Command("stop",
            """
            Stop apps and their sidecars, as Ctrl-C does: they drain first.

            Apps of any run:           sidecar stop --app-id orders --app-id payments
            All apps of a run file:    sidecar stop -f dapr.yaml
            The run of this folder:    sidecar stop
            """);
        command.Options.Add(stop._appIds);
        command.Arguments.Add(stop._moreAppIds);
        stop._place.AddTo(command, withAppId: false);
        command.Options.Add(stop._wait);
        command.Options.Add(stop._timeout);
        command.Options.Add(stop._notes.Refused(
            new Option<bool>("--kubernetes", "-k") { Description = "Not offered: stops deployments in Kubernetes" }, "stops deployments in Kubernetes; real Dapr's `dapr stop -k` and kubectl do"));
        command.SetAction((given, cancellation) => stop.StopAsync(given, cancellation));
        return command;
    }

    private async Task<int> StopAsync(ParseResult given, CancellationToken cancellationToken)
    {
        var console = new RunConsole(given.InvocationConfiguration.Output, given.InvocationConfiguration.Error, colour: false) { AsJson = given.GetValue(RootOptions.LogAsJson) };
        if (_notes.Refusal(given) is { } refusal)
        {
            console.Status(StatusMark.Failure, refusal);
            return 1;
        }

        var stopping = new StoppingRuns(TimeSpan.FromSeconds(Math.Max(1, given.GetValue(_timeout))), cancellationToken);
        string[] appIds = [.. given.GetValue(_appIds) ?? [], .. given.GetValue(_moreAppIds) ?? []];
        if (appIds.Length > 0)
        {
            var running = _place.IsNamed(given) ? RunningApps.Of(_place.Directory(given)) : RunningApps.OfUser();
            foreach (var appId in appIds)
                Tell(console, await stopping.StopAppAsync(appId, running), $"app stopped successfully: {appId}", $"failed to stop app id {appId}");
            // As dapr's: what was not there to stop is told of, and no failure of the command.
            return 0;
        }

        if (_place.IsNamed(given))
        {
            Tell(console, await stopping.StopRunAsync(_place.Directory(given)), "Dapr and app processes stopped successfully", "Failed to stop Dapr and app processes");
            return 0;
        }

        var problem = await stopping.StopRunAsync(_place.Directory(given));
        Tell(console, problem, "Dapr and app processes stopped successfully", "Failed to stop Dapr and app processes");
        return problem is null ? 0 : 1;
    }

    private static void Tell(RunConsole console, string? problem, string success, string failure) =>
        console.Status(problem is null ? StatusMark.Success : StatusMark.Failure, problem is null ? success : $"{failure}: {problem}");
}
