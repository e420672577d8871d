using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow.Worker;

/// <summary>Knows the registered workflows and activities and creates them. Names compare without case; the first registration of a name stays.</summary>
public interface IWorkflowsFactory
{
    /// <summary>Registers a workflow class.</summary>
    /// <typeparam name="TWorkflow">The class.</typeparam>
    /// <param name="name">Name of the workflow; null is that of the class.</param>
    void RegisterWorkflow<TWorkflow>(string? name = null) where TWorkflow : class, IWorkflow;

    /// <summary>Registers a workflow that is a function.</summary>
    /// <typeparam name="TInput">Type of the input.</typeparam>
    /// <typeparam name="TOutput">Type of the output.</typeparam>
    /// <param name="name">Name of the workflow.</param>
    /// <param name="implementation">What it does.</param>
    void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation);

    /// <summary>Registers an activity class.</summary>
    /// <typeparam name="TActivity">The class.</typeparam>
    /// <param name="name">Name of the activity; null is that of the class.</param>
    void RegisterActivity<TActivity>(string? name = null) where TActivity : class, IWorkflowActivity;

    /// <summary>Registers an activity that is a function.</summary>
    /// <typeparam name="TInput">Type of the input.</typeparam>
    /// <typeparam name="TOutput">Type of the output.</typeparam>
    /// <param name="name">Name of the activity.</param>
    /// <param name="implementation">What it does.</param>
    void RegisterActivity<TInput, TOutput>(string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation);

    /// <summary>Creates a workflow.</summary>
    /// <param name="identifier">Its name.</param>
    /// <param name="serviceProvider">Where its constructor's arguments come from.</param>
    /// <param name="workflow">The workflow, when created.</param>
    /// <param name="activationException">Why it could not be created; null when the name is not registered.</param>
    /// <returns>Whether it was created.</returns>
    bool TryCreateWorkflow(TaskIdentifier identifier, IServiceProvider serviceProvider, out IWorkflow? workflow, out Exception? activationException);

    /// <summary>Creates an activity.</summary>
    /// <param name="identifier">Its name.</param>
    /// <param name="serviceProvider">Where its constructor's arguments come from.</param>
    /// <param name="activity">The activity, when created.</param>
    /// <param name="activationException">Why it could not be created; null when the name is not registered.</param>
    /// <returns>Whether it was created.</returns>
    bool TryCreateActivity(TaskIdentifier identifier, IServiceProvider serviceProvider, out IWorkflowActivity? activity, out Exception? activationException);
}
