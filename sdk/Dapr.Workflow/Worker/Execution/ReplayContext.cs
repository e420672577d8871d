using Dapr.Common.Serialization;
using Dapr.Workflow.Client;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>
/// What workflow code sees during one turn. Each call takes the next number and becomes an action; an event of the history with that number says that the
/// action is known to the runtime, a later one that refers to the number completes the call. What is left at the end of the turn is new.
/// </summary>
internal sealed class ReplayContext(
    Wire.WorkflowRequest request, Wire.ExecutionStartedEvent start, PatchHistory patches, IDaprSerializer serializer, ILoggerFactory loggerFactory) : WorkflowContext
{
    // What the protocol takes for "waits without end".
    private static readonly Timestamp Never = new() { Seconds = 253402300799, Nanos = 999999999 };

    private readonly ActionHistory _actions = new();
    private readonly ExternalEvents _events = new();
    private readonly string _execution = request.ExecutionId ?? start.WorkflowInstance?.ExecutionId ?? "";
    private readonly int _turnThread = Environment.CurrentManagedThreadId;
    private int _guidCounter;
    private bool _isReplaying;
    private DateTime _now;
    private bool _turnIsOver;
    private bool _carryEvents;
    private PropagatedHistory? _propagated;

    public override string Name { get; } = start.Name;

    public override string InstanceId { get; } = request.InstanceId;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _isReplaying;

    /// <summary>This app, as far as the history names it.</summary>
    public string? AppId { get; init; }

    /// <summary>What the runtime is to do after this turn.</summary>
    public IEnumerable<Wire.WorkflowAction> PendingActions => _actions.Pending;

    /// <summary>Serialised custom status; null when the code has set none.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Set when the code has asked to start anew.</summary>
    public Wire.CompleteWorkflowAction? ContinuedAsNew { get; private set; }

    /// <summary>Whether anything of this context can wake the code again.</summary>
    public bool CanContinue => _actions.HasOpenTasks || _events.HasWaiters;

    public override bool IsPatched(string patchName) => patches.IsPatched(patchName, IsReplaying);

    /// <summary>Takes one event of the history; code that waits for it runs on before this returns.</summary>
    public void Apply(Wire.HistoryEvent e, bool isReplaying)
    {
        _isReplaying = isReplaying;
        if (e.EventTypeCase == Wire.HistoryEvent.EventTypeOneofCase.WorkflowStarted)
            _now = e.Timestamp.ToDateTime();
        else if (e.EventTypeCase == Wire.HistoryEvent.EventTypeOneofCase.EventRaised)
            _events.Raise(e);
        else
            _actions.Apply(e);
    }

    /// <summary>No call counts after this.</summary>
    public void EndTurn()
    {
        _turnIsOver = true;
        ContinuedAsNew?.CarryoverEvents.AddRange(_carryEvents ? _events.Unclaimed : []);
    }

    public Wire.WorkflowAction NewCompletion(Wire.CompleteWorkflowAction completion) => new() { Id = _actions.NextId(), CompleteWorkflow = completion };

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        CheckTurn(nameof(CallActivityAsync));
        var payload = serializer.Serialize(input);
        // The same for all attempts of one call: what an activity may use as its idempotency key.
        var executionId = NewId($"task|{_actions.PeekId()}").ToString();
        return options?.RetryPolicy is { } policy
            ? Retry(policy, () => AttemptAsync(), delay => SetTimer(
                new Wire.CreateTimerAction { FireAt = After(delay), ActivityRetry = new Wire.TimerOriginActivityRetry { TaskExecutionId = executionId } }, default))
            : AttemptAsync();

        async Task<T> AttemptAsync()
        {
            var action = new Wire.ScheduleTaskAction { Name = name, Input = payload, TaskExecutionId = executionId };
            if (options?.PropagationScope is { } scope and not HistoryPropagationScope.None)
                action.HistoryPropagationScope = (Wire.HistoryPropagationScope)(int)scope;
            return Read<T>(await Request(new Wire.WorkflowAction { ScheduleTask = action }, name, options), name);
        }
    }

    public override Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(workflowName);
        CheckTurn(nameof(CallChildWorkflowAsync));
        var payload = serializer.Serialize(input);
        var lastId = "";
        return options?.RetryPolicy is { } policy
            ? Retry(policy, () => AttemptAsync(), delay => SetTimer(
                new Wire.CreateTimerAction { FireAt = After(delay), ChildWorkflowRetry = new Wire.TimerOriginChildWorkflowRetry { InstanceId = lastId } }, default))
            : AttemptAsync();

        async Task<TResult> AttemptAsync()
        {
            lastId = string.IsNullOrEmpty(options?.InstanceId) ? NewGuid().ToString() : options.InstanceId;
            var action = new Wire.CreateChildWorkflowAction { InstanceId = lastId, Name = workflowName, Input = payload };
            if (options?.PropagationScope is { } scope and not HistoryPropagationScope.None)
                action.HistoryPropagationScope = (Wire.HistoryPropagationScope)(int)scope;
            return Read<TResult>(await Request(new Wire.WorkflowAction { CreateChildWorkflow = action }, workflowName, options), workflowName);
        }
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        CheckTurn(nameof(CreateTimer));
        return SetTimer(new Wire.CreateTimerAction { FireAt = ToTimestamp(fireAt), CreateTimer = new Wire.TimerOriginCreateTimer() }, cancellationToken);
    }

    public override async Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        CheckTurn(nameof(WaitForExternalEventAsync));
        return Read<T>(_events.TryTake(eventName, out var payload) ? payload : await _events.WaitAsync(eventName, cancellationToken));
    }

    public override async Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        CheckTurn(nameof(WaitForExternalEventAsync));
        if (_events.TryTake(eventName, out var payload))
            return Read<T>(payload);
        if (timeout == TimeSpan.Zero)
            throw new TaskCanceledException($"The event '{eventName}' had not been raised.");
        using var timerWon = new CancellationTokenSource();
        using var eventWon = new CancellationTokenSource();
        var raised = _events.WaitAsync(eventName, timerWon.Token);
        var timer = SetTimer(
            new Wire.CreateTimerAction { FireAt = timeout < TimeSpan.Zero ? Never : After(timeout), ExternalEvent = new Wire.TimerOriginExternalEvent { Name = eventName } },
            eventWon.Token);
        if (await Task.WhenAny(raised, timer) == raised)
        {
            // Cancel, not CancelAsync, here and below: what follows must run in this turn.
            eventWon.Cancel();
            return Read<T>(await raised);
        }
        timerWon.Cancel();
        throw new TaskCanceledException($"The event '{eventName}' was not raised within {timeout}.");
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        ArgumentException.ThrowIfNullOrWhiteSpace(eventName);
        CheckTurn(nameof(SendEvent));
        _actions.Add(new Wire.WorkflowAction
        {
            SendEvent = new Wire.SendEventAction { Instance = new Wire.WorkflowInstance { InstanceId = instanceId }, Name = eventName, Data = serializer.Serialize(payload) },
        });
    }

    public override void SetCustomStatus(object? customStatus) => CustomStatus = customStatus is null ? null : serializer.Serialize(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        CheckTurn(nameof(ContinueAsNew));
        _carryEvents = preserveUnprocessedEvents;
        ContinuedAsNew = new Wire.CompleteWorkflowAction { WorkflowStatus = Wire.OrchestrationStatus.ContinuedAsNew, Result = serializer.Serialize(newInput) };
    }

    public override Guid NewGuid() => NewId($"guid|{_guidCounter++}");

    public override ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(loggerFactory.CreateLogger(categoryName), this);

    public override ILogger CreateReplaySafeLogger(System.Type type) => new ReplaySafeLogger(loggerFactory.CreateLogger(type), this);

    public override ILogger CreateReplaySafeLogger<T>() => CreateReplaySafeLogger(typeof(T));

    public override PropagatedHistory? GetPropagatedHistory() => request.PropagatedHistory is { } history ? _propagated ??= PropagatedHistoryReader.Read(history) : null;

    // The execution is part of the name: an instance that has started anew must not meet its old ids again.
    private Guid NewId(string name) => DeterministicGuid.Create($"{InstanceId}|{_execution}|{name}");

    private async Task<T> Retry<T>(WorkflowRetryPolicy policy, Func<Task<T>> attempt, Func<TimeSpan, Task> wait) =>
        (await new RetryInterceptor<T>(this, policy, attempt, wait).Invoke())!;

    private async Task SetTimer(Wire.CreateTimerAction action, CancellationToken cancellationToken)
    {
        var (id, timer) = _actions.Open(new Wire.WorkflowAction { CreateTimer = action }, "");
        using var cancelled = cancellationToken.Register(() =>
        {
            _actions.Forget(id);
            timer.TrySetCanceled(cancellationToken);
        });
        await timer.Task;
    }

    private Task<Wire.HistoryEvent> Request(Wire.WorkflowAction action, string name, WorkflowTaskOptions? options)
    {
        if (!string.IsNullOrEmpty(options?.TargetAppId))
            action.Router = new Wire.TaskRouter { SourceAppID = AppId ?? "", TargetAppID = options.TargetAppId };
        return _actions.Open(action, name).Completion.Task;
    }

    // The messages are the official ones: people match them.
    private T Read<T>(Wire.HistoryEvent end, string name) => end.EventTypeCase switch
    {
        Wire.HistoryEvent.EventTypeOneofCase.TaskCompleted => Read<T>(end.TaskCompleted.Result),
        Wire.HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted => Read<T>(end.ChildWorkflowInstanceCompleted.Result),
        Wire.HistoryEvent.EventTypeOneofCase.TaskFailed => throw Failure(failure => $"Task failed: {failure.ErrorMessage}", end.TaskFailed.FailureDetails),
        _ => throw Failure(_ => $"Child workflow '{name}' failed", end.ChildWorkflowInstanceFailed.FailureDetails),
    };

    private static WorkflowTaskFailedException Failure(Func<WorkflowTaskFailureDetails, string> message, Wire.TaskFailureDetails? failure)
    {
        var details = WorkflowWireFormat.FromWire(failure) ?? new WorkflowTaskFailureDetails("Exception", "Unknown error", "");
        return new WorkflowTaskFailedException(message(details), details);
    }

    private T Read<T>(string? payload) => string.IsNullOrEmpty(payload) ? default! : serializer.Deserialize<T>(payload)!;

    private Timestamp After(TimeSpan delay) => ToTimestamp(delay < DateTime.MaxValue - _now ? _now + delay : DateTime.MaxValue);

    private static Timestamp ToTimestamp(DateTime time) =>
        Timestamp.FromDateTime(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private void CheckTurn(string call)
    {
        if (_turnIsOver || Environment.CurrentManagedThreadId != _turnThread)
        {
            throw new InvalidOperationException(
                $"{call} was called outside the turn of workflow '{Name}': a workflow may await only tasks of its WorkflowContext; other work belongs into activities.");
        }
    }
}
