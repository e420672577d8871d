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
        if (maxConcurrency <= 0)
            throw new ArgumentOutOfRangeException(nameof(maxConcurrency), "Max concurrency must be greater than 0.");
        var waiting = new Queue<(TInput Input, int Index)>(inputs.Select((input, index) => (input, index)));
        var results = new TResult[waiting.Count];
        var running = new Dictionary<Task<TResult>, int>();
        var failures = new List<Exception>();
        while (waiting.Count > 0 && running.Count < maxConcurrency)
            Begin(waiting.Dequeue());
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running.Keys);
            running.Remove(ended, out var index);
            try
            {
                results[index] = await ended;
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
            // One for one: the order in which work begins is part of the history.
            if (waiting.Count > 0)
                Begin(waiting.Dequeue());
        }
        return failures.Count == 0 ? results : throw new AggregateException($"{failures.Count} out of {results.Length} tasks failed", failures);

        void Begin((TInput Input, int Index) next)
        {
            try
            {
                running.Add(taskFactory(next.Input), next.Index);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
    }
}
