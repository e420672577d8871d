namespace Dapr.Workflow;

/// <summary>
/// Base of all workflows. The code of <see cref="RunAsync(WorkflowContext, TInput)"/> is run again from its start for every turn, so it has to be
/// deterministic: time, ids and waiting come from the <see cref="WorkflowContext"/>, everything else belongs into activities.
/// </summary>
/// <typeparam name="TInput">Type of the input.</typeparam>
/// <typeparam name="TOutput">Type of the output.</typeparam>
public abstract class Workflow<TInput, TOutput> : IWorkflow
{
    /// <inheritdoc />
    Type IWorkflow.InputType => typeof(TInput);

    /// <inheritdoc />
    Type IWorkflow.OutputType => typeof(TOutput);

    /// <inheritdoc />
    async Task<object?> IWorkflow.RunAsync(WorkflowContext context, object? input) => await RunAsync(context, input is null ? default! : (TInput)input);

    /// <summary>What the workflow does.</summary>
    /// <param name="context">The workflow's view of the world: activities, timers, events, time.</param>
    /// <param name="input">The input given at the start; the default value when there was none.</param>
    /// <returns>The output of the workflow.</returns>
    public abstract Task<TOutput> RunAsync(WorkflowContext context, TInput input);
}
