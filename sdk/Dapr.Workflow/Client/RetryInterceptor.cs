namespace Dapr.Workflow.Client;

/// <summary>Repeats a call of a workflow as a retry policy says, waiting on durable timers in between.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
/// <param name="context">The workflow's context, whose clock counts.</param>
/// <param name="retryPolicy">When to try again.</param>
/// <param name="retryCall">One attempt.</param>
/// <param name="retryTimerFactory">Waits between attempts; null uses timers of <paramref name="context"/>, which has to be a <see cref="WorkflowContext"/> then.</param>
public sealed class RetryInterceptor<T>(IWorkflowContext context, WorkflowRetryPolicy retryPolicy, Func<Task<T>> retryCall, Func<TimeSpan, Task>? retryTimerFactory = null)
{
    /// <summary>Calls until an attempt succeeds or the policy ends.</summary>
    /// <exception cref="WorkflowTaskFailedException">The last attempt failed.</exception>
    public async Task<T?> Invoke()
    {
        var begin = context.CurrentUtcDateTime;
        for (var attempts = 1; ; attempts++)
        {
            TimeSpan? delay;
            try
            {
                return await retryCall();
            }
            catch (WorkflowTaskFailedException e) when (
                !e.FailureDetails.IsNonRetriable && (delay = retryPolicy.NextDelay(attempts, context.CurrentUtcDateTime - begin)) is not null)
            {
            }
            await WaitAsync(delay!.Value);
        }
    }

    private Task WaitAsync(TimeSpan delay)
    {
        if (retryTimerFactory is not null)
            return retryTimerFactory(delay);
        return context is WorkflowContext workflow
            ? workflow.CreateTimer(delay)
            : throw new InvalidOperationException($"A retry waits on a durable timer, and {context.GetType()} has none: give a retryTimerFactory.");
    }
}
