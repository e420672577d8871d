using Microsoft.Extensions.Logging;

namespace Dapr.Workflow;

/// <summary>A workflow's view of the world. Its tasks complete from the recorded history, so they may only be awaited inside the workflow.</summary>
public abstract class WorkflowContext : IWorkflowContext
{
    /// <summary>Name of the workflow.</summary>
    public abstract string Name { get; }

    /// <summary>Id of this instance.</summary>
    public abstract string InstanceId { get; }

    /// <inheritdoc />
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <inheritdoc />
    public abstract bool IsReplaying { get; }

    /// <inheritdoc />
    public abstract bool IsPatched(string patchName);

    /// <summary>Runs an activity and waits for its end.</summary>
    /// <param name="name">Name of the activity.</param>
    /// <param name="input">Its input, or null.</param>
    /// <param name="options">Retries and target app.</param>
    /// <exception cref="WorkflowTaskFailedException">The activity failed, and its retries are used up.</exception>
    public virtual Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        CallActivityAsync<object>(name, input, options);

    /// <summary>Runs an activity and waits for its result.</summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="name">Name of the activity.</param>
    /// <param name="input">Its input, or null.</param>
    /// <param name="options">Retries and target app.</param>
    /// <exception cref="WorkflowTaskFailedException">The activity failed, and its retries are used up.</exception>
    public abstract Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null);

    /// <summary>Waits on a durable timer, which survives restarts.</summary>
    /// <param name="delay">How long, from <see cref="CurrentUtcDateTime"/>.</param>
    /// <param name="cancellationToken">Ends the waiting early with <see cref="TaskCanceledException"/>.</param>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>Waits on a durable timer, which survives restarts.</summary>
    /// <param name="fireAt">When, in UTC.</param>
    /// <param name="cancellationToken">Ends the waiting early with <see cref="TaskCanceledException"/>.</param>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for an event raised for this instance. Events that came before are taken first, in the order of their arrival; names compare without case.
    /// </summary>
    /// <typeparam name="T">Type of the payload.</typeparam>
    /// <param name="eventName">Name of the event.</param>
    /// <param name="cancellationToken">Ends the waiting early with <see cref="TaskCanceledException"/>.</param>
    public abstract Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="WaitForExternalEventAsync{T}(string, CancellationToken)"/>, for a limited time.</summary>
    /// <typeparam name="T">Type of the payload.</typeparam>
    /// <param name="eventName">Name of the event.</param>
    /// <param name="timeout">How long; a negative value waits without end, zero takes only an event that is there already.</param>
    /// <exception cref="TaskCanceledException">The time is over.</exception>
    public virtual async Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero)
            return await WaitForExternalEventAsync<T>(eventName);
        using var noEvent = new CancellationTokenSource();
        using var noTimer = new CancellationTokenSource();
        var raised = WaitForExternalEventAsync<T>(eventName, noEvent.Token);
        if (!raised.IsCompleted)
        {
            // Cancel, not CancelAsync: what follows must run in this turn, not on another thread.
            if (timeout == TimeSpan.Zero)
                noEvent.Cancel();
            else if (await Task.WhenAny(raised, CreateTimer(timeout, noTimer.Token)) == raised)
                noTimer.Cancel();
            else
                noEvent.Cancel();
        }
        return await raised;
    }

    /// <summary>Sends an event to another workflow instance, without waiting for anything.</summary>
    /// <param name="instanceId">The instance to send to.</param>
    /// <param name="eventName">Name of the event.</param>
    /// <param name="payload">The payload.</param>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Sets a status of one's own, which clients read with the state of the instance.</summary>
    /// <param name="customStatus">Any serialisable value; null leaves the status as it is.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Runs another workflow and waits for its result.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="workflowName">Name of the workflow.</param>
    /// <param name="input">Its input, or null.</param>
    /// <param name="options">Instance id, retries and target app.</param>
    /// <exception cref="WorkflowTaskFailedException">The child failed, and its retries are used up.</exception>
    public abstract Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null);

    /// <summary>Runs another workflow and waits for its end.</summary>
    /// <param name="workflowName">Name of the workflow.</param>
    /// <param name="input">Its input, or null.</param>
    /// <param name="options">Instance id, retries and target app.</param>
    /// <exception cref="WorkflowTaskFailedException">The child failed, and its retries are used up.</exception>
    public virtual Task CallChildWorkflowAsync(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        CallChildWorkflowAsync<object>(workflowName, input, options);

    /// <summary>A logger that is silent while the workflow replays, so that every line is written once.</summary>
    /// <param name="categoryName">Category of the logger.</param>
    public abstract ILogger CreateReplaySafeLogger(string categoryName);

    /// <summary>A logger that is silent while the workflow replays, so that every line is written once.</summary>
    /// <param name="type">The type whose name is the category.</param>
    public abstract ILogger CreateReplaySafeLogger(Type type);

    /// <summary>A logger that is silent while the workflow replays, so that every line is written once.</summary>
    /// <typeparam name="T">The type whose name is the category.</typeparam>
    public abstract ILogger CreateReplaySafeLogger<T>();

    /// <summary>Ends this execution and starts the workflow anew under the same id, with an empty history. Return from the workflow right after.</summary>
    /// <param name="newInput">Input of the new execution.</param>
    /// <param name="preserveUnprocessedEvents">Whether events that nobody waited for go along.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>A new id that is the same in every replay. Use it in place of <see cref="Guid.NewGuid"/>.</summary>
    public abstract Guid NewGuid();

    /// <summary>The history that the caller of this workflow shared with it; null when it shared none.</summary>
    public abstract PropagatedHistory? GetPropagatedHistory();
}
