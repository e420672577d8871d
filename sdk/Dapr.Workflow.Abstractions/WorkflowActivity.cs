using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow;

/// <summary>
/// Base of all activities: one step of a workflow, free to do I/O. It is created from the service provider for each run and runs at least once,
/// so it has to cope with being repeated; <see cref="WorkflowActivityContext.TaskExecutionKey"/> stays the same then.
/// </summary>
/// <typeparam name="TInput">Type of the input.</typeparam>
/// <typeparam name="TOutput">Type of the output.</typeparam>
public abstract class WorkflowActivity<TInput, TOutput> : IWorkflowActivity
{
    /// <inheritdoc />
    Type IWorkflowActivity.InputType => typeof(TInput);

    /// <inheritdoc />
    Type IWorkflowActivity.OutputType => typeof(TOutput);

    /// <inheritdoc />
    public async Task<object?> RunAsync(WorkflowActivityContext context, object? input) =>
        await RunAsync(context, input is null ? default! : (TInput)input);

    /// <summary>What the activity does.</summary>
    /// <param name="context">Which activity of which workflow this run is.</param>
    /// <param name="input">The input given by the workflow; the default value when there was none.</param>
    public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input);
}
