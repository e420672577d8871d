using Dapr.Workflow;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Services.Tests.Orchestration;

/// <summary>A workflow context whose activities answer from a script and whose events and timers happen when the test says so.</summary>
internal sealed class ScriptedContext : WorkflowContext
{
    private readonly Dictionary<string, Func<object?>> _answers = [];
    private readonly Dictionary<string, object> _events = [];
    private readonly TaskCompletionSource _timer = new();

    /// <summary>Activities in the order in which they were called.</summary>
    public List<string> Calls { get; } = [];

    public override string Name => "OrderWorkflow";

    public override string InstanceId => "ord-1";

    public override DateTime CurrentUtcDateTime => Some.Time.UtcDateTime;

    public override bool IsReplaying => false;

    public ScriptedContext Answer(string activity, Func<object?> answer)
    {
        _answers[activity] = answer;
        return this;
    }

    public void Raise<T>(string name, T payload) => Event<T>(name).TrySetResult(payload);

    public void PassDeadline() => _timer.TrySetResult();

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        Calls.Add(name);
        return Task.FromResult((T)(_answers.TryGetValue(name, out var answer) ? answer() : default(T))!);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => _timer.Task;

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default) => Event<T>(eventName).Task;

    public override bool IsPatched(string patchName) => true;

    public override void SetCustomStatus(object? customStatus)
    {
    }

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) => throw new NotSupportedException();

    public override ILogger CreateReplaySafeLogger(string categoryName) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger(Type type) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger<T>() => NullLogger.Instance;

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    public override PropagatedHistory? GetPropagatedHistory() => null;

    private TaskCompletionSource<T> Event<T>(string name)
    {
        if (!_events.TryGetValue(name, out var source))
        {
            _events[name] = source = new TaskCompletionSource<T>();
        }

        return (TaskCompletionSource<T>)source;
    }
}
