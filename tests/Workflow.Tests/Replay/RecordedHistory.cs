using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Kind = Dapr.Protocol.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Workflow.Tests.Replay;

/// <summary>One turn of a recorded history.</summary>
/// <param name="Past">What was committed before it.</param>
/// <param name="New">What it was given, <c>workflowStarted</c> first.</param>
/// <param name="Asked">What it asked for, as texts to compare.</param>
internal sealed record RecordedTurn(IReadOnlyList<HistoryEvent> Past, IReadOnlyList<HistoryEvent> New, IReadOnlyList<string> Asked);

/// <summary>A history as <c>sidecar workflows history ID -o events</c> writes it.</summary>
internal sealed record RecordedHistory(string InstanceId, IReadOnlyList<HistoryEvent> Events)
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Replay", "Histories");

    public string Workflow => Events.First(e => e.ExecutionStarted is not null).ExecutionStarted.Name;

    public static IEnumerable<string> Files => Directory.EnumerateFiles(_folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    public static RecordedHistory Read(string file)
    {
        var events = JsonParser.Default.Parse<GetInstanceHistoryResponse>(File.ReadAllText(Path.Combine(_folder, file))).Events;
        return new RecordedHistory(events.First(e => e.ExecutionStarted is not null).ExecutionStarted.WorkflowInstance.InstanceId, events);
    }

    /// <summary>The history as it was before the given number of turns had been made.</summary>
    public RecordedHistory After(int turns) => this with { Events = Turns.Count > turns ? Turns[turns].Past : Events };

    public IReadOnlyList<RecordedTurn> Turns
    {
        get
        {
            var starts = Events.Select((e, i) => (e, i)).Where(entry => entry.e.EventTypeCase == Kind.WorkflowStarted).Select(entry => entry.i).ToList();
            return [.. starts.Select((start, n) =>
            {
                var turn = Events.Skip(start).Take((n + 1 < starts.Count ? starts[n + 1] : Events.Count) - start).ToList();
                return new RecordedTurn([.. Events.Take(start)], [.. turn.Where(e => !IsAsked(e))], [.. turn.Where(IsAsked).Select(Text)]);
            })];
        }
    }

    /// <summary>What an action becomes in the history, in the same words as <see cref="RecordedTurn.Asked"/>.</summary>
    public static string Text(WorkflowAction action) => action.WorkflowActionTypeCase switch
    {
        WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask => $"{action.Id} activity {action.ScheduleTask.Name} {action.ScheduleTask.Input}",
        WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer => $"{action.Id} timer {action.CreateTimer.FireAt}",
        WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow => $"{action.CompleteWorkflow.WorkflowStatus} {action.CompleteWorkflow.Result}{action.CompleteWorkflow.FailureDetails?.ErrorMessage}{action.CompleteWorkflow.Details}",
        _ => $"{action.Id} {action.WorkflowActionTypeCase}",
    };

    private static string Text(HistoryEvent e) => e.EventTypeCase switch
    {
        Kind.TaskScheduled => $"{e.EventId} activity {e.TaskScheduled.Name} {e.TaskScheduled.Input}",
        Kind.TimerCreated => $"{e.EventId} timer {e.TimerCreated.FireAt}",
        Kind.ExecutionCompleted => $"{e.ExecutionCompleted.WorkflowStatus} {e.ExecutionCompleted.Result}{e.ExecutionCompleted.FailureDetails?.ErrorMessage}",
        _ => $"{e.EventId} {e.EventTypeCase}",
    };

    private static bool IsAsked(HistoryEvent e) =>
        e.EventTypeCase is Kind.TaskScheduled or Kind.TimerCreated or Kind.ChildWorkflowInstanceCreated or Kind.EventSent or Kind.ExecutionCompleted;
}
