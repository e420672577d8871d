using System.CommandLine;
using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;
using Sidecar.Cli.RunFiles;
using Sidecar.Cli.Running;
using Sidecar.Processes;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar run</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new RunOptions();
        var command = new Command("run",
            """
            Run apps, each with a Dapr sidecar, all sidecars in this one process.

            Every app of a run file:  sidecar run -f dapr.yaml
            One app:                  sidecar run --app-id orders --app-port 5001 -- dotnet Orders.dll

            Needs neither daprd nor Docker. An app that crashes is named with its last lines and started again; Ctrl-C drains and stops everything,
            a second Ctrl-C kills. Apps end with this process, however it ends.
            """);
        options.AddTo(command);
        command.SetAction((given, _) => RunAsync(given, options));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, RunOptions options)
    {
        var console = RunConsole.ForProcess(given.GetValue(RootOptions.LogAsJson));
        using var signals = new StopSignals();
        try
        {
            var file = given.GetValue(options.RunFile);
            if (given.GetValue(options.Command) is [['-', ..] unknown, ..])
                throw new RunException($"there is no option '{unknown}'; `sidecar run --help` lists them, and the app's own command comes after --");
            if (options.Notes.Refusal(given) is { } refusal)
                throw new RunException(refusal);
            TellNotes(given, options, console);
            if (file is not null)
                TellIgnored(given, options, console);
            else if (!options.SingleAppOnly.Any(option => given.GetResult(option) is { Implicit: false }) && given.GetValue(options.Command) is not { Length: > 0 })
                throw new RunException("nothing to run: give -f <dapr.yaml>, or --app-id <id> [-- command]");
            var template = file is not null ? RunTemplateReader.Read(file, Console.In) : SingleApp.Template(given, options);
            var plan = new RunPlanner(SettingsOf(given, options), Ports(template).Next, Environment.GetEnvironmentVariable).Plan(template);
            var faults = given.GetValue(options.Faults) ? new FaultPoints(TimeProvider.System) : null;
            var run = new PlatformRun(plan, console, TimeProvider.System, given.GetValue(options.ReadyFile), alone: file is null, given.GetValue(options.StartServers), faults);
            return await run.RunAsync(signals.Stopping, signals.Killing);
        }
        catch (Exception error) when (error is RunException or ResourceException or ProcessStartException)
        {
            console.Status(StatusMark.Failure, error.Message);
            return 1;
        }
    }

    private static void TellNotes(ParseResult given, RunOptions options, RunConsole console)
    {
        foreach (var line in options.Notes.Deprecations(given))
            console.Warn(line);
        if (options.Notes.Ineffective(given) is { } ineffective)
            console.Status(StatusMark.Warning, ineffective);
    }

    /// <summary>As dapr does: a run file says it all, what stands beside it is told of and left out.</summary>
    private static void TellIgnored(ParseResult given, RunOptions options, RunConsole console)
    {
        var ignored = options.SingleAppOnly.Where(option => given.GetResult(option) is { Implicit: false }).Select(option => option.Name.TrimStart('-')).Order(StringComparer.Ordinal).ToList();
        if (ignored.Count > 0)
            console.Status(StatusMark.Warning, $"The following flags are ignored when using --run-file and should be configured in the run file instead: {string.Join(", ", ignored)}");
        if (given.GetValue(options.Command) is { Length: > 0 } command)
            console.Status(StatusMark.Warning, $"The command '{string.Join(' ', command)}' is ignored when using --run-file: write it into the run file");
    }

    private static FreePorts Ports(RunTemplate template)
    {
        var ports = new FreePorts();
        foreach (var app in template.Apps)
        {
            foreach (var port in new[] { app.AppPort, app.DaprHttpPort, app.DaprGrpcPort, app.MetricsPort })
            {
                FreePorts.Reserve(port);
            }
        }

        return ports;
    }

    private static RunSettings SettingsOf(ParseResult given, RunOptions options)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Pairs(given.GetValue(options.Environment)))
        {
            variables[name] = value;
        }

        return new RunSettings
        {
            Swaps = [.. Pairs(given.GetValue(options.Swaps)).Where(swap => swap.Left != swap.Right)],
            Replicas = given.GetValue(options.Replicas),
            FreePorts = given.GetValue(options.FreePorts),
            DataDirectory = given.GetValue(options.DataDirectory) is { Length: > 0 } directory ? Path.GetFullPath(directory) : null,
            Environment = variables,
            Without = given.GetValue(options.Without) ?? [],
        };
    }

    private static IEnumerable<(string Left, string Right)> Pairs(string[]? pairs) =>
        (pairs ?? []).Select(pair => pair.Split('=', 2)).Select(parts => (parts[0], parts[1]));
}
