namespace Dapr.Workflow;

/// <summary>Fan-out with a limit.</summary>
public static class ParallelExtensions
{
    /// <summary>Runs a task for every input, a limited number at a time, and waits for all of them.</summary>
    /// <typeparam name="TInput">Type of the inputs.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="context">The workflow's context.</param>
    /// <param name="inputs">The inputs; enumerated once.</param>
    /// <param name="taskFactory">Starts the task of one input, by calls of the context.</param>
    /// <param name="maxConcurrency">How many may run at the same time.</param>
    /// <returns>The results in the order of the inputs.</returns>
    /// <exception cref="AggregateException">One or more tasks failed; all others have ended.</exception>
    public static async Task<TResult[]> ProcessInParallelAsync<TInput, TResult>(
        this WorkflowContext context, IEnumerable<TInput> inputs, Func<TInput, Task<TResult>> taskFactory, int maxConcurrency = 5)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(taskFactory);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        var started = new List<Task<TResult>>();
        var running = new List<Task<TResult>>();
        foreach (var input in inputs)
        {
            while (running.Count >= maxConcurrency)
            {
                await Task.WhenAny(running);
                running.RemoveAll(task => task.IsCompleted);
            }
            var task = taskFactory(input);
            started.Add(task);
            running.Add(task);
        }
        while (running.Count > 0)
        {
            await Task.WhenAny(running);
            running.RemoveAll(task => task.IsCompleted);
        }
        var failures = started.Where(task => !task.IsCompletedSuccessfully).SelectMany(Failures).ToList();
        return failures.Count == 0 ? [.. started.Select(task => task.Result)] : throw new AggregateException(failures);

        static IEnumerable<Exception> Failures(Task task) => task.Exception?.InnerExceptions ?? (IEnumerable<Exception>)[new TaskCanceledException(task)];
    }
}
