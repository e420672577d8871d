using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar list</c>.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var place = new HostDirectoryOptions();
        var output = new Option<string>("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml", "");
        var notes = new FlagNotes();
        var command = new Command("list", "List the apps that run on this machine; with -f or --data-dir those of one run");
        place.AddTo(command);
        command.Options.Add(output);
        const string kubernetes = "lists a Kubernetes cluster, which this sidecar does not know; real Dapr's `dapr list -k` does";
        command.Options.Add(notes.Refused(new Option<bool>("--kubernetes", "-k") { Description = "Not offered: lists a Kubernetes cluster" }, kubernetes));
        command.Options.Add(notes.Refused(new Option<bool>("--all-namespaces", "-A") { Description = "Not offered: of Kubernetes" }, kubernetes));
        command.Options.Add(notes.Refused(new Option<string?>("--namespace", "-n") { Description = "Not offered: of Kubernetes" }, kubernetes));
        command.SetAction(given => notes.Refusal(given) is { } refusal ? Fail(given, refusal) : List(given, place.Find(given), given.GetValue(output)!));
        return command;
    }

    private static int Fail(ParseResult given, string problem)
    {
        given.InvocationConfiguration.Error.WriteLine(problem);
        return 1;
    }

    private static int List(ParseResult given, IReadOnlyList<RunningApp> running, string format)
    {
        var apps = running.Select(app => ListedApp.Of(app.App, app.Host)).ToArray();
        var writer = given.InvocationConfiguration.Output;
        if (format == "json")
        {
            writer.WriteLine(JsonSerializer.Serialize(apps, ListedAppJson.Default.ListedAppArray));
        }
        else if (format == "yaml")
        {
            writer.Write(Yaml(apps));
        }
        else if (apps.Length == 0)
        {
            writer.WriteLine("No Dapr instances found.");
        }
        else
        {
            string[] header = ["APP ID", "HTTP PORT", "GRPC PORT", "APP PORT", "COMMAND", "AGE", "CREATED", "DAPRD PID", "CLI PID", "APP PID", "RUN_TEMPLATE_PATH", "APP_LOG_PATH", "DAPRD_LOG_PATH"];
            foreach (var line in RunReport.Table([header, .. apps.Select(Row)]))
            {
                writer.WriteLine(line);
            }
        }

        return 0;
    }

    private static string[] Row(ListedApp app) =>
    [
        app.AppId, Text(app.HttpPort), Text(app.GrpcPort), Text(app.AppPort), app.Command.Length > 20 ? app.Command[..17] + "..." : app.Command, app.Age, app.Created,
        Text(app.DaprdPid), Text(app.CliPid), Text(app.AppPid), app.RunTemplatePath, app.AppLogPath, app.DaprdLogPath,
    ];

    /// <summary>A JSON scalar is a YAML scalar, so the values are written as JSON writes them.</summary>
    private static string Yaml(ListedApp[] apps)
    {
        using var json = JsonSerializer.SerializeToDocument(apps, ListedAppJson.Default.ListedAppArray);
        return apps.Length == 0
            ? "[]\n"
            : string.Concat(json.RootElement.EnumerateArray().Select(app => string.Concat(
                app.EnumerateObject().Select((field, index) => $"{(index == 0 ? "- " : "  ")}{field.Name}: {field.Value.GetRawText()}\n"))));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
