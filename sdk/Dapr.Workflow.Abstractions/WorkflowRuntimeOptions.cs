using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Worker;

namespace Dapr.Workflow;

/// <summary>Which workflows and activities this app runs.</summary>
public sealed class WorkflowRuntimeOptions
{
    private const string LimitsAreObsolete =
        "This property is obsolete and no longer does anything - please use the options on the Dapr runtime instead. This property will be removed in a future SDK release.";

    private readonly List<Action<IWorkflowsFactory>> _registrations = [];

    /// <summary>Does nothing.</summary>
    [Obsolete(LimitsAreObsolete)]
    public int MaxConcurrentWorkflows { get; set; } = 100;

    /// <summary>Does nothing.</summary>
    [Obsolete(LimitsAreObsolete)]
    public int MaxConcurrentActivities { get; set; } = 100;

    /// <summary>Registers a workflow that is a function.</summary>
    /// <typeparam name="TInput">Type of the input.</typeparam>
    /// <typeparam name="TOutput">Type of the output.</typeparam>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="implementation">What it does.</param>
    public void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation) =>
        _registrations.Add(factory => factory.RegisterWorkflow(name, implementation));

    /// <summary>Registers a workflow class.</summary>
    /// <typeparam name="TWorkflow">The class; it is created from the service provider for each run.</typeparam>
    /// <param name="name">Name of the workflow; null is that of the class.</param>
    public void RegisterWorkflow<TWorkflow>(string? name = null) where TWorkflow : class, IWorkflow =>
        _registrations.Add(factory => factory.RegisterWorkflow<TWorkflow>(name));

    /// <summary>Registers an activity that is a function.</summary>
    /// <typeparam name="TInput">Type of the input.</typeparam>
    /// <typeparam name="TOutput">Type of the output.</typeparam>
    /// <param name="name">Name of the activity.</param>
    /// <param name="implementation">What it does.</param>
    public void RegisterActivity<TInput, TOutput>(string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation) =>
        _registrations.Add(factory => factory.RegisterActivity(name, implementation));

    /// <summary>Registers an activity class.</summary>
    /// <typeparam name="TActivity">The class; it is created from the service provider for each run.</typeparam>
    /// <param name="name">Name of the activity; null is that of the class.</param>
    public void RegisterActivity<TActivity>(string? name = null) where TActivity : class, IWorkflowActivity =>
        _registrations.Add(factory => factory.RegisterActivity<TActivity>(name));

    /// <summary>Makes all registrations so far on a factory, in their order.</summary>
    /// <param name="factory">The factory that takes them.</param>
    public void ApplyRegistrations(IWorkflowsFactory factory)
    {
        foreach (var registration in _registrations)
            registration(factory);
    }
}
