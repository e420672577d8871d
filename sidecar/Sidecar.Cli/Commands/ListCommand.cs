using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sidecar.Processes;
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
            writer.WriteLine(JsonSerializer.Serialize([.. apps.Select(app => ListedApp.Of(app.App, app.Host))], ListedAppJson.Default.ListedAppArray));
        }
        else if (apps.Count == 0)
        {
            writer.WriteLine($"No Dapr instances found: nothing runs from {directory}");
        }
        else
        {
            string[] header = ["APP ID", "HTTP PORT", "GRPC PORT", "APP PORT", "COMMAND", "AGE", "CREATED", "DAPRD PID", "CLI PID", "APP PID", "RUN_TEMPLATE_PATH", "APP_LOG_PATH", "DAPRD_LOG_PATH"];
            foreach (var line in RunReport.Table([header, .. apps.Select(app => Row(ListedApp.Of(app.App, app.Host)))]))
            {
                writer.WriteLine(line);
            }
        }

        return 0;
    }

    private static string[] Row(ListedApp app) =>
    [
        app.AppId, Text(app.HttpPort), Text(app.GrpcPort), Text(app.AppPort), app.Command.Length > 40 ? app.Command[..37] + "..." : app.Command, app.Age, app.Created,
        Text(app.DaprdPid), Text(app.CliPid), Text(app.AppPid), app.RunTemplatePath, app.AppLogPath, app.DaprdLogPath,
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
