using System.CommandLine;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Workflows;

/// <summary><c>terminate</c>, <c>suspend</c>, <c>resume</c>, <c>raise-event</c> and <c>purge</c>: they go through the sidecar of a running app.</summary>
internal static class ChangeWorkflows
{
    public static Command Terminate(WorkflowPlace place)
    {
        var id = ReadWorkflows.InstanceId();
        var output = new Option<string?>("--output", "-o") { Description = "Output of the workflow, as JSON", HelpName = "json" };
        var command = new Command("terminate", "Terminate a workflow and its children") { id, output };
        OnRunning(command, place, async (given, workflows, cancellation) =>
        {
            await workflows.TerminateAsync(given.GetValue(id)!, given.GetValue(output), cancellation);
            return $"Workflow '{given.GetValue(id)}' terminated successfully";
        });
        return command;
    }

    public static Command Suspend(WorkflowPlace place) => WithReason("suspend", "Suspend a workflow: events wait until it is resumed", "suspended", place, (workflows, id, reason, cancellation) =>
        workflows.SuspendAsync(id, reason, cancellation));

    public static Command Resume(WorkflowPlace place) => WithReason("resume", "Resume a suspended workflow", "resumed", place, (workflows, id, reason, cancellation) =>
        workflows.ResumeAsync(id, reason, cancellation));

    public static Command RaiseEvent(WorkflowPlace place)
    {
        var target = new Argument<string>("instance-id/event-name") { Description = "The instance and the event it waits for" };
        var input = new Option<string?>("--input", "-x") { Description = "Payload of the event, as JSON", HelpName = "json" };
        var command = new Command("raise-event", "Raise an event for a workflow") { target, input };
        OnRunning(command, place, async (given, workflows, cancellation) =>
        {
            if (given.GetValue(target)!.Split('/') is not [{ Length: > 0 } id, { Length: > 0 } name])
                throw new RunException("the argument must be in the format '<instance-id>/<event-name>'");
            await workflows.RaiseEventAsync(id, name, given.GetValue(input), cancellation);
            return $"Workflow '{id}' raised event '{name}' successfully";
        });
        return command;
    }

    public static Command Purge(WorkflowPlace place)
    {
        var ids = new Argument<string[]>("instance-id") { Description = "IDs of the workflow instances", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All instances that have ended" };
        var olderThan = new Option<string?>("--all-older-than") { Description = "All instances that have ended and were started before: 24h, 2023-01-02T15:04:05Z", HelpName = "duration or time" };
        var status = new Option<string?>("--all-filter-status") { Description = "Beside --all-older-than: only those with this status", HelpName = "status" };
        status.AcceptOnlyFromAmong(WorkflowFilter.Statuses);
        var force = new Option<bool>("--force")
        {
            Description = "Purge whatever the state: also an instance that has not ended, or one that was set aside because its stored state is damaged (QUARANTINED)",
        };
        var command = new Command("purge", "Delete everything about workflow instances that have ended, and about their children") { ids, all, olderThan, status, force };
        OnRunning(command, place, async (given, workflows, cancellation) =>
        {
            var named = given.GetValue(ids) ?? [];
            var wanted = await ToPurgeAsync(given, place, workflows, named, given.GetValue(all), given.GetValue(olderThan), given.GetValue(status), cancellation);
            var purged = 0;
            foreach (var id in wanted)
            {
                purged += await workflows.PurgeAsync(id, given.GetValue(force), cancellation);
                await given.InvocationConfiguration.Output.WriteLineAsync($"Purged workflow instance '{id}'");
            }

            return purged == 1 ? "1 instance purged" : $"{purged} instances purged, children included";
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> ToPurgeAsync(
        ParseResult given, WorkflowPlace place, RunningWorkflows workflows, string[] named, bool all, string? olderThan, string? status, CancellationToken cancellationToken)
    {
        if (all && olderThan is not null)
            throw new RunException("--all and --all-older-than exclude each other");
        if (status is not null && olderThan is null)
            throw new RunException("--all-filter-status can only stand beside --all-older-than");
        if (!all && olderThan is null)
            return named.Length > 0 ? named : throw new RunException("name one or more instances, or give --all or --all-older-than");
        if (named.Length > 0)
            throw new RunException("no instances can be named beside --all and --all-older-than");
        var before = olderThan is null ? DateTimeOffset.MaxValue : WorkflowFilter.Ago(olderThan, DateTimeOffset.UtcNow, "--all-older-than");
        var found = await ReadWorkflows.AllAsync(
            workflows, place.AppId(given), place.Namespace(given),
            workflow => (status is null ? workflow.IsTerminal : workflow.RuntimeStatus == status) && workflow.Created < before,
            cancellationToken);
        return [.. found.Select(workflow => workflow.InstanceId)];
    }

    private static Command WithReason(
        string name, string description, string done, WorkflowPlace place, Func<RunningWorkflows, string, string?, CancellationToken, Task> change)
    {
        var id = ReadWorkflows.InstanceId();
        var reason = new Option<string?>("--reason", "-r") { Description = "Why, for the history" };
        var command = new Command(name, description) { id, reason };
        OnRunning(command, place, async (given, workflows, cancellation) =>
        {
            await change(workflows, given.GetValue(id)!, given.GetValue(reason), cancellation);
            return $"Workflow '{given.GetValue(id)}' {done} successfully";
        });
        return command;
    }

    private static void OnRunning(Command command, WorkflowPlace place, Func<ParseResult, RunningWorkflows, CancellationToken, Task<string>> change) =>
        command.SetAction((given, cancellation) => WorkflowsCommand.TryAsync(given, async () =>
        {
            await using var workflows = place.Connect(given);
            await given.InvocationConfiguration.Output.WriteLineAsync(await change(given, workflows, cancellation));
            return 0;
        }));
}
