using System.CommandLine;
using System.Globalization;
using Sidecar.Cli.Running;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.Workflows;

/// <summary>Which instances of an app are meant; the options of <c>dapr workflow list</c>.</summary>
internal sealed class WorkflowFilter
{
    /// <summary>Dapr's statuses, and after them those that only this engine's list shows.</summary>
    public static readonly string[] Statuses =
        ["RUNNING", "COMPLETED", "CONTINUED_AS_NEW", "FAILED", "CANCELED", "TERMINATED", "PENDING", "SUSPENDED", "STALLED", ListedWorkflow.Quarantined];

    private readonly Option<string?> _name = new("--filter-name", "-w") { Description = "Only workflows of this name", HelpName = "name" };
    private readonly Option<string?> _status = new("--filter-status", "-s") { Description = $"Only workflows with this status: {string.Join(", ", Statuses)}", HelpName = "status" };
    private readonly Option<string?> _age = new("--filter-max-age", "-m")
    {
        Description = "Only workflows started within this time or since: 300ms, 1.5h, 2h45m, 2023-01-02T15:04:05, 2023-01-02",
        HelpName = "duration or time",
    };

    public WorkflowFilter() => _status.AcceptOnlyFromAmong(Statuses);

    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_status);
        command.Options.Add(_age);
    }

    public Func<ListedWorkflow, bool> Read(ParseResult given, DateTimeOffset now)
    {
        var (name, status) = (given.GetValue(_name), given.GetValue(_status));
        var since = given.GetValue(_age) is { } age ? Ago(age, now, _age.Name) : DateTimeOffset.MinValue;
        return workflow => (name is null || workflow.Name == name) && (status is null || workflow.RuntimeStatus == status) && (workflow.Created ?? now) >= since;
    }

    /// <summary>A moment in the past, given as a duration of Go or as a time.</summary>
    /// <exception cref="RunException">It is neither.</exception>
    public static DateTimeOffset Ago(string text, DateTimeOffset now, string option) =>
        GoDuration.TryParse(text, out var duration) ? now - duration
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new RunException($"{option} '{text}' is neither a duration like 1.5h nor a time like 2023-01-02T15:04:05");
}
