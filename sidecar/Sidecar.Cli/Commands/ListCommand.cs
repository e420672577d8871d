using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sidecar.Cli.Processes;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar list</c>.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var place = new HostDirectoryOptions();
        var output = new Option<string>("--output", "-o") { Description = "table or json", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json");
        var command = new Command("list", "List the apps that run from a folder (default: the current one)");
        place.AddTo(command);
        command.Options.Add(output);
        command.SetAction(given => List(given, place.Directory(given), given.GetValue(output) == "json"));
        return command;
    }

    private static int List(ParseResult given, string directory, bool json)
    {
        // Apps that were started alone each have a directory of their own below.
        var below = Path.Combine(directory, "apps");
        var runs = new[] { directory }.Concat(Directory.Exists(below) ? Directory.EnumerateDirectories(below).Order(StringComparer.Ordinal) : [])
            .Select(folder => new RunRecords(folder)).Select(records => (Host: records.RunningHost, records.Apps)).Where(run => run.Host is not null).ToList();
        var apps = runs.SelectMany(run => run.Apps.Select(app => (App: app, Host: run.Host!))).ToList();
        var writer = given.InvocationConfiguration.Output;
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize([.. apps.Select(app => app.App)], RunRecordJson.Default.RunRecordArray));
        }
        else if (apps.Count == 0)
        {
            writer.WriteLine($"No Dapr instances found: nothing runs from {directory}");
        }
        else
        {
            string[] header = ["APP ID", "HTTP PORT", "GRPC PORT", "APP PORT", "COMMAND", "CREATED", "HOST PID", "APP PID", "RUN_TEMPLATE_PATH"];
            foreach (var line in RunReport.Table([header, .. apps.Select(app => Row(app.App, app.Host))]))
            {
                writer.WriteLine(line);
            }
        }

        return 0;
    }

    private static string[] Row(RunRecord app, RunRecord host) =>
    [
        app.AppId, Text(app.HttpPort), Text(app.GrpcPort), Text(app.AppPort), app.Command.Length > 40 ? app.Command[..37] + "..." : app.Command,
        app.Started.ToLocalTime().ToString("yyyy-MM-dd HH:mm.ss", CultureInfo.InvariantCulture), Text(host.Process!.Id),
        app.Process is { IsAlive: true } process ? Text(process.Id) : "-", host.RunFile,
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
