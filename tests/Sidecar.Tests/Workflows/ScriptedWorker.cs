using System.Threading.Channels;
using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

/// <summary>A worker stream whose items a test takes one by one, or has answered by functions.</summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WorkflowEngine _engine;
    private readonly CancellationTokenSource _hangUp = new();
    private readonly Channel<WorkItem> _items = Channel.CreateUnbounded<WorkItem>();
    private readonly Task _stream;
    private readonly Task _answering;

    public ScriptedWorker(WorkflowEngine engine, Func<TurnView, IEnumerable<WorkflowAction>>? workflow = null, Func<ActivityRequest, ActivityResponse>? activity = null, WorkerLimits? limits = null)
    {
        _engine = engine;
        _stream = engine.RunWorkerAsync((item, _) => _items.Writer.WriteAsync(item, CancellationToken.None).AsTask(), limits ?? WorkerLimits.Default, _hangUp.Token);
        // Not in the test's context, whose two threads other tests may hold up.
        _answering = workflow is null ? Task.CompletedTask : Task.Run(() => AnswerAsync(workflow, activity ?? (request => Completed(request, request.Input))));
    }

    public static ActivityResponse Completed(ActivityRequest request, string? result) =>
        new() { InstanceId = request.WorkflowInstance.InstanceId, TaskId = request.TaskId, Result = result };

    public static ActivityResponse Failed(ActivityRequest request, string message) => new()
    {
        InstanceId = request.WorkflowInstance.InstanceId,
        TaskId = request.TaskId,
        FailureDetails = new TaskFailureDetails { ErrorType = "Boom", ErrorMessage = message },
    };

    /// <summary>The next item of the stream.</summary>
    public async Task<WorkItem> NextAsync() => await _items.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<TurnView> NextTurnAsync() => new(await NextAsync());

    public async Task<ActivityRequest> NextActivityAsync() => (await NextAsync()).ActivityRequest;

    public bool HasItem => _items.Reader.TryPeek(out _);

    public void Answer(TurnView turn, params WorkflowAction[] actions) => _engine.CompleteWorkflow(turn.Answer(actions));

    public Task AnswerAsync(ActivityRequest request, string? result) => _engine.CompleteActivityAsync(Completed(request, result), CancellationToken.None);

    /// <summary>Breaks the stream, as an app that is killed does.</summary>
    public async Task HangUpAsync()
    {
        await _hangUp.CancelAsync();
        await _stream;
    }

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        _items.Writer.TryComplete();
        await _answering;
        _hangUp.Dispose();
    }

    private async Task AnswerAsync(Func<TurnView, IEnumerable<WorkflowAction>> workflow, Func<ActivityRequest, ActivityResponse> activity)
    {
        await foreach (var item in _items.Reader.ReadAllAsync())
        {
            if (_hangUp.IsCancellationRequested)
            {
                return;
            }

            if (item.ActivityRequest is { } request)
            {
                var response = activity(request);
                response.CompletionToken = item.CompletionToken;
                try
                {
                    await _engine.CompleteActivityAsync(response, CancellationToken.None);
                }
                catch (IOException)
                {
                    // The store of a test refused to keep the result; the engine has it in memory all the same, and a worker lives on.
                }
            }
            else
            {
                var turn = new TurnView(item);
                _engine.CompleteWorkflow(turn.Answer([.. workflow(turn)]));
            }
        }
    }
}

/// <summary>A workflow turn as a script sees it.</summary>
internal sealed class TurnView(WorkItem item)
{
    public WorkflowRequest Request => item.WorkflowRequest;

    public string InstanceId => Request.InstanceId;

    public IReadOnlyList<HistoryEvent> All { get; } = [.. item.WorkflowRequest.PastEvents, .. item.WorkflowRequest.NewEvents];

    /// <summary>New events without <c>workflowStarted</c>, which every turn has.</summary>
    public IReadOnlyList<HistoryEvent> New { get; } = [.. item.WorkflowRequest.NewEvents.Skip(1)];

    public ExecutionStartedEvent Started => All.Last(e => e.ExecutionStarted is not null).ExecutionStarted;

    public string Name => Started.Name;

    public int Count(HistoryEvent.EventTypeOneofCase kind) => All.Count(e => e.EventTypeCase == kind);

    public int CompletedTasks => Count(HistoryEvent.EventTypeOneofCase.TaskCompleted);

    public string CustomStatus { get; set; } = "";

    public WorkflowResponse Answer(params WorkflowAction[] actions)
    {
        var response = new WorkflowResponse { InstanceId = InstanceId, CompletionToken = item.CompletionToken };
        if (CustomStatus.Length > 0)
        {
            response.CustomStatus = CustomStatus;
        }

        response.Actions.AddRange(actions);
        return response;
    }
}

/// <summary>Actions a script answers with.</summary>
internal static class Act
{
    public static WorkflowAction Task(int id, string name = "Step", string? input = null, string? appId = null)
    {
        var action = new WorkflowAction { Id = id, ScheduleTask = new ScheduleTaskAction { Name = name, Input = input } };
        if (appId is not null)
        {
            action.Router = new TaskRouter { TargetAppID = appId };
        }

        return action;
    }

    public static WorkflowAction Timer(int id, DateTimeOffset fireAt) =>
        new() { Id = id, CreateTimer = new CreateTimerAction { FireAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(fireAt) } };

    public static WorkflowAction Child(int id, string name, string instanceId = "", string? input = null, string? appId = null)
    {
        var action = new WorkflowAction { Id = id, CreateChildWorkflow = new CreateChildWorkflowAction { Name = name, InstanceId = instanceId, Input = input } };
        if (appId is not null)
        {
            action.Router = new TaskRouter { TargetAppID = appId };
        }

        return action;
    }

    public static WorkflowAction Complete(int id, string? result = null, OrchestrationStatus status = OrchestrationStatus.Completed) =>
        new() { Id = id, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result } };

    public static WorkflowAction Fail(int id, string message) => new()
    {
        Id = id,
        CompleteWorkflow = new CompleteWorkflowAction
        {
            WorkflowStatus = OrchestrationStatus.Failed,
            FailureDetails = new TaskFailureDetails { ErrorType = "Boom", ErrorMessage = message },
        },
    };

    /// <summary>A workflow of sequential steps: what every turn of it answers.</summary>
    public static IEnumerable<WorkflowAction> Steps(TurnView turn, int count) =>
        turn.CompletedTasks < count ? [Task(turn.CompletedTasks, input: $"\"{turn.CompletedTasks}\"")] : [Complete(count, "\"done\"")];
}
