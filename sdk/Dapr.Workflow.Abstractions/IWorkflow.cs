namespace Dapr.Workflow;

/// <summary>A workflow as the worker runs it, with untyped input and output. Authors derive from <see cref="Workflow{TInput, TOutput}"/>.</summary>
public interface IWorkflow
{
    /// <summary>Type of the input.</summary>
    Type InputType { get; }

    /// <summary>Type of the output.</summary>
    Type OutputType { get; }

    /// <summary>Runs the workflow from its start.</summary>
    /// <param name="context">The workflow's view of the world.</param>
    /// <param name="input">The input, already deserialised, or null.</param>
    Task<object?> RunAsync(WorkflowContext context, object? input);
}
