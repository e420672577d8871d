using System.CommandLine;
using System.Text.Json;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Workflows;

/// <summary><c>list</c>, <c>show</c> and <c>history</c>: they work on a running app and on a stopped one.</summary>
internal static class ReadWorkflows
{
    private const string Json = "json";
    private const string Wide = "wide";
    private const string Events = "events";

    public static Command List(WorkflowPlace place)
    {
        var filter = new WorkflowFilter();
        var output = Output("short", Wide, Json);
        var command = new Command("list", "List the workflow instances of an app") { output };
        command.Aliases.Add("ls");
        filter.AddTo(command);
        command.SetAction((given, cancellation) => WorkflowsCommand.TryAsync(given, () => ListAsync(given, place, filter, given.GetValue(output)!, cancellation)));
        return command;
    }

    public static Command Show(WorkflowPlace place)
    {
        var id = InstanceId();
        var output = Output("short", Json);
        var command = new Command("show", "Show one workflow instance with its input and output. Not in dapr.") { id, output };
        command.SetAction((given, cancellation) => WorkflowsCommand.TryAsync(given, () => ShowAsync(given, place, given.GetValue(id)!, given.GetValue(output) == Json, cancellation)));
        return command;
    }

    public static Command History(WorkflowPlace place)
    {
        var id = InstanceId();
        var output = Output("short", Wide, Json, Events);
        output.Description += ". events is not in dapr: the events themselves as protobuf JSON, to replay them in a test";
        var command = new Command("history", "Show the history of a workflow instance") { id, output };
        command.SetAction((given, cancellation) => WorkflowsCommand.TryAsync(given, () => HistoryAsync(given, place, given.GetValue(id)!, given.GetValue(output)!, cancellation)));
        return command;
    }

    public static Argument<string> InstanceId() => new("instance-id") { Description = "ID of the workflow instance" };

    /// <summary>All instances of the app that pass the filter, oldest first.</summary>
    public static async Task<List<ListedWorkflow>> AllAsync(
        IWorkflowReader workflows, string appId, string @namespace, Func<ListedWorkflow, bool> filter, CancellationToken cancellationToken)
    {
        List<ListedWorkflow> all = [];
        await foreach (var found in workflows.ListAsync(cancellationToken))
        {
            var listed = ListedWorkflow.Of(found, appId, @namespace, withData: false);
            if (filter(listed))
                all.Add(listed);
        }

        return [.. all.OrderBy(workflow => workflow.Created ?? DateTimeOffset.MaxValue).ThenBy(workflow => workflow.InstanceId, StringComparer.Ordinal)];
    }

    private static async Task<int> ListAsync(ParseResult given, WorkflowPlace place, WorkflowFilter filter, string output, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var (appId, space) = (place.AppId(given), place.Namespace(given));
        await using var workflows = await place.OpenAsync(given, cancellationToken);
        var all = await AllAsync(workflows, appId, space, filter.Read(given, now), cancellationToken);
        var writer = given.InvocationConfiguration.Output;
        if (output == Json)
        {
            writer.WriteLine(JsonSerializer.Serialize([.. all], WorkflowJson.Default.ListedWorkflowArray));
            return 0;
        }

        if (all.Count == 0)
        {
            given.InvocationConfiguration.Error.WriteLine($"No workflow found in namespace \"{space}\" for app ID \"{appId}\"");
            return 0;
        }

        Print(writer, output == Wide
            ? [
                ["NAMESPACE", "APP ID", "NAME", "INSTANCE ID", "CREATED", "LAST UPDATE", "STATUS", "CUSTOM STATUS", "FAILURE MESSAGE"],
                .. all.Select(w => new[] { w.Namespace, w.AppId, w.Name, w.InstanceId, Time(w.Created), Time(w.LastUpdate), w.RuntimeStatus, w.CustomStatus, w.FailureMessage }),
            ]
            : [
                ["NAME", "ID", "STATUS", "CUSTOM STATUS", "AGE"],
                .. all.Select(w => new[] { w.Name, w.InstanceId, w.RuntimeStatus, w.CustomStatus, w.Created is { } created ? ListedWorkflow.Age(now - created) : "-" }),
            ]);
        return 0;
    }

    private static async Task<int> ShowAsync(ParseResult given, WorkflowPlace place, string instanceId, bool json, CancellationToken cancellationToken)
    {
        var appId = place.AppId(given);
        await using var workflows = await place.OpenAsync(given, cancellationToken);
        var found = await workflows.FindAsync(instanceId, cancellationToken) ?? throw NoSuch(instanceId, appId);
        var workflow = ListedWorkflow.Of(found, appId, place.Namespace(given), withData: true);
        var writer = given.InvocationConfiguration.Output;
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize(workflow, WorkflowJson.Default.ListedWorkflow));
            return 0;
        }

        (string Name, string? Value)[] lines =
        [
            ("Instance", workflow.InstanceId), ("App", $"{workflow.AppId} (namespace {workflow.Namespace})"), ("Workflow", workflow.Name), ("Status", workflow.RuntimeStatus),
            ("Custom status", workflow.CustomStatus), ("Created", Time(workflow.Created)), ("Last update", Time(workflow.LastUpdate)), ("Parent", workflow.ParentInstanceId),
            ("Input", workflow.Input), ("Output", workflow.Output), (found.Problem is null ? "Failure" : "Problem", workflow.FailureMessage),
        ];
        foreach (var (name, value) in lines.Where(line => !string.IsNullOrEmpty(line.Value)))
        {
            writer.WriteLine($"{name + ":",-15} {value}");
        }

        return 0;
    }

    private static async Task<int> HistoryAsync(ParseResult given, WorkflowPlace place, string instanceId, string output, CancellationToken cancellationToken)
    {
        var appId = place.AppId(given);
        await using var workflows = await place.OpenAsync(given, cancellationToken);
        var found = await workflows.FindAsync(instanceId, cancellationToken) ?? throw NoSuch(instanceId, appId);
        if (found.Problem is { } problem)
            throw new RunException(problem);
        var history = await workflows.HistoryAsync(instanceId, cancellationToken);
        var writer = given.InvocationConfiguration.Output;
        if (output == Events)
        {
            writer.WriteLine(new JsonFormatter(JsonFormatter.Settings.Default.WithIndentation()).Format(new GetInstanceHistoryResponse { Events = { history } }));
            return 0;
        }

        var lines = HistoryLine.Of(history, appId, place.Namespace(given), DateTimeOffset.UtcNow);
        if (output == Json)
        {
            writer.WriteLine(JsonSerializer.Serialize(lines, WorkflowJson.Default.HistoryLineArray));
            return 0;
        }

        Print(writer, output == Wide
            ? [
                ["PLAY", "TYPE", "NAME", "EVENTID", "TIMESTAMP", "ELAPSED", "STATUS", "DETAILS", "ROUTER", "EXECUTION ID", "ATTRS"],
                .. lines.Select(l => new[] { $"{l.Play}", l.Type, l.Name ?? "-", $"{l.EventId}", Time(l.Timestamp), l.Elapsed, l.Status, l.Details ?? "-", l.Router ?? "", l.ExecutionId ?? "", l.Attrs ?? "" }),
            ]
            : [
                ["TYPE", "NAME", "EVENTID", "ELAPSED", "STATUS", "DETAILS"],
                .. lines.Select(l => new[] { l.Type, l.Name ?? "-", l.EventId is { } id ? $"{id}" : "-", l.Elapsed, l.Status, l.Details ?? "-" }),
            ]);
        return 0;
    }

    private static RunException NoSuch(string instanceId, string appId) => new($"app '{appId}' has no workflow instance '{instanceId}'; `sidecar workflows list -a {appId}` lists them");

    private static Option<string> Output(params string[] formats)
    {
        var output = new Option<string>("--output", "-o") { Description = $"Output format: {string.Join(", ", formats)}", DefaultValueFactory = _ => formats[0] };
        output.AcceptOnlyFromAmong(formats);
        return output;
    }

    private static void Print(TextWriter writer, IReadOnlyList<string[]> rows)
    {
        foreach (var line in RunReport.Table(rows))
        {
            writer.WriteLine(line);
        }
    }

    private static string Time(DateTimeOffset? time) => time is { } at ? $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : "-";
}
