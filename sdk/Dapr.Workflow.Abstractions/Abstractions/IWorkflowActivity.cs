namespace Dapr.Workflow.Abstractions;

/// <summary>An activity as the worker runs it, with untyped input and output. Authors derive from <see cref="WorkflowActivity{TInput, TOutput}"/>.</summary>
public interface IWorkflowActivity
{
    /// <summary>Type of the input.</summary>
    Type InputType { get; }

    /// <summary>Type of the output.</summary>
    Type OutputType { get; }

    /// <summary>Runs the activity.</summary>
    /// <param name="context">Which activity of which workflow this run is.</param>
    /// <param name="input">The input, already deserialised, or null.</param>
    Task<object?> RunAsync(WorkflowActivityContext context, object? input);
}
