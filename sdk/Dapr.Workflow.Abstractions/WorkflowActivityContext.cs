using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow;

/// <summary>Which activity of which workflow a run is.</summary>
public abstract class WorkflowActivityContext
{
    /// <summary>Name of the activity.</summary>
    public abstract TaskIdentifier Identifier { get; }

    /// <summary>The same for every run of one scheduled activity, and different for any other: usable as an idempotency key.</summary>
    public abstract string TaskExecutionKey { get; }

    /// <summary>Id of the workflow instance that asked for the activity.</summary>
    public abstract string InstanceId { get; }
}
