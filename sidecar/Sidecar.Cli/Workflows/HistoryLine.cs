using System.Globalization;
using System.Text.Json.Serialization;
using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;
using Kind = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Sidecar.Cli.Workflows;

/// <summary>An event of a history under the names <c>dapr workflow history -o json</c> has for it.</summary>
internal sealed record HistoryLine
{
    private const int LongestText = 120;

    public required string Namespace { get; init; }

    [JsonPropertyName("appID")]
    public required string AppId { get; init; }

    /// <summary>The turn it belongs to, from 1.</summary>
    public int Play { get; init; }

    public required string Type { get; init; }

    public string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? EventId { get; init; }

    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Since the event before; the age for the first.</summary>
    public required string Elapsed { get; init; }

    public required string Status { get; init; }

    public string? Details { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Router { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExecutionId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Attrs { get; init; }

    public static HistoryLine[] Of(IReadOnlyList<HistoryEvent> history, string appId, string @namespace, DateTimeOffset now)
    {
        var play = 0;
        var lines = new HistoryLine[history.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            var e = history[i];
            play += e.EventTypeCase == Kind.WorkflowStarted ? 1 : 0;
            var at = TimeOf(e);
            var (name, details, attributes) = Told(e, TimeOf(history[0]));
            lines[i] = new HistoryLine
            {
                Namespace = @namespace,
                AppId = appId,
                Play = play,
                Type = e.EventTypeCase.ToString(),
                Name = name,
                EventId = e.EventId >= 0 ? e.EventId : null,
                Timestamp = at,
                Elapsed = i == 0 ? $"Age:{ListedWorkflow.Age(now - at)}" : Pause(at - TimeOf(history[i - 1])),
                Status = StatusOf(e),
                Details = details,
                Router = RouterOf(e.Router),
                ExecutionId = e.ExecutionStarted?.WorkflowInstance?.ExecutionId ?? Given(e.TaskScheduled?.TaskExecutionId ?? e.TaskCompleted?.TaskExecutionId ?? e.TaskFailed?.TaskExecutionId),
                Attrs = Given(string.Join(';', attributes.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => $"{pair.Key}={Short(pair.Value!)}"))),
            };
        }

        return lines;
    }

    private static (string? Name, string? Details, (string Key, string? Value)[] Attributes) Told(HistoryEvent e, DateTimeOffset began) => e.EventTypeCase switch
    {
        Kind.ExecutionStarted => (e.ExecutionStarted.Name, "workflow start", [("input", e.ExecutionStarted.Input), ("version", e.ExecutionStarted.Version)]),
        Kind.WorkflowStarted => (null, "replay cycle start",
            [("versionName", e.WorkflowStarted.Version?.Name), ("versionPatches", e.WorkflowStarted.Version is { } version ? string.Join(',', version.Patches) : null)]),
        Kind.TaskScheduled => (e.TaskScheduled.Name, $"activity={e.TaskScheduled.Name}", [("input", e.TaskScheduled.Input)]),
        Kind.TaskCompleted => (null, $"eventId={e.TaskCompleted.TaskScheduledId}", [("scheduledId", Text(e.TaskCompleted.TaskScheduledId)), ("result", e.TaskCompleted.Result)]),
        Kind.TaskFailed => (null, $"eventId={e.TaskFailed.TaskScheduledId}",
            [("scheduledId", Text(e.TaskFailed.TaskScheduledId)), ("errorType", e.TaskFailed.FailureDetails?.ErrorType), ("errorMsg", e.TaskFailed.FailureDetails?.ErrorMessage)]),
        Kind.ChildWorkflowInstanceCreated => (e.ChildWorkflowInstanceCreated.Name, $"child={e.ChildWorkflowInstanceCreated.InstanceId}", [("input", e.ChildWorkflowInstanceCreated.Input)]),
        Kind.ChildWorkflowInstanceCompleted => (null, $"eventId={e.ChildWorkflowInstanceCompleted.TaskScheduledId}", [("result", e.ChildWorkflowInstanceCompleted.Result)]),
        Kind.ChildWorkflowInstanceFailed => (null, $"eventId={e.ChildWorkflowInstanceFailed.TaskScheduledId}", [("errorMsg", e.ChildWorkflowInstanceFailed.FailureDetails?.ErrorMessage)]),
        Kind.TimerCreated => (e.TimerCreated.HasName ? e.TimerCreated.Name : null, $"fireAt={e.TimerCreated.FireAt.ToDateTime():yyyy-MM-ddTHH:mm:ssZ}", []),
        Kind.TimerFired => (null, $"eventId={e.TimerFired.TimerId}", [("timerId", Text(e.TimerFired.TimerId))]),
        Kind.EventRaised => (e.EventRaised.Name, $"event={e.EventRaised.Name}", [("payload", e.EventRaised.Input)]),
        Kind.EventSent => (e.EventSent.Name, $"event={e.EventSent.Name} -> {e.EventSent.InstanceId}", [("payload", e.EventSent.Input), ("targetInstance", e.EventSent.InstanceId)]),
        Kind.DetachedWorkflowInstanceCreated => (null, $"detached={e.DetachedWorkflowInstanceCreated.InstanceId}", []),
        Kind.ExecutionStalled => (null, e.ExecutionStalled.Description, [("reason", e.ExecutionStalled.Reason.ToString())]),
        Kind.ExecutionTerminated => (null, null, [("output", e.ExecutionTerminated.Input)]),
        Kind.ExecutionSuspended => (null, null, [("reason", e.ExecutionSuspended.Input)]),
        Kind.ExecutionResumed => (null, null, [("reason", e.ExecutionResumed.Input)]),
        Kind.ExecutionCompleted => (null, $"execDuration={Pause(TimeOf(e) - began)}",
            [("output", e.ExecutionCompleted.Result), ("failureType", e.ExecutionCompleted.FailureDetails?.ErrorType), ("failureMessage", e.ExecutionCompleted.FailureDetails?.ErrorMessage)]),
        _ => (null, null, []),
    };

    private static string StatusOf(HistoryEvent e) => e.EventTypeCase switch
    {
        Kind.TaskFailed or Kind.ChildWorkflowInstanceFailed => "FAILED",
        Kind.ExecutionCompleted => WorkflowStatusNames.Of(new WorkflowState { WorkflowStatus = e.ExecutionCompleted.WorkflowStatus }),
        Kind.ExecutionTerminated => "TERMINATED",
        Kind.ExecutionSuspended => "SUSPENDED",
        Kind.ExecutionResumed => "RESUMED",
        Kind.ExecutionStalled => "STALLED",
        _ => "RUNNING",
    };

    private static string Pause(TimeSpan pause) => pause.TotalSeconds < 1
        ? $"{Math.Max(0, pause.TotalMilliseconds).ToString("0.0", CultureInfo.InvariantCulture)}ms"
        : pause.TotalMinutes < 1 ? $"{pause.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)}s" : ListedWorkflow.Age(pause);

    private static string? RouterOf(TaskRouter? router) =>
        router is null ? null : router.HasTargetAppID ? $"{router.SourceAppID}->{router.TargetAppID}" : Given(router.SourceAppID);

    private static DateTimeOffset TimeOf(HistoryEvent e) => e.Timestamp?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;

    private static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
