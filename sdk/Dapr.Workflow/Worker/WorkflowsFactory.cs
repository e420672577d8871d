using Dapr.Workflow.Abstractions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>The workflows and activities of this app by name.</summary>
internal sealed partial class WorkflowsFactory(ILogger<WorkflowsFactory> logger) : IWorkflowsFactory
{
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflow>> _workflows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflowActivity>> _activities = new(StringComparer.OrdinalIgnoreCase);

    public void RegisterWorkflow<TWorkflow>(string? name = null) where TWorkflow : class, IWorkflow =>
        Add(_workflows, name ?? typeof(TWorkflow).Name, services => ActivatorUtilities.CreateInstance<TWorkflow>(services));

    public void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation) =>
        Add(_workflows, name, _ => new FunctionWorkflow<TInput, TOutput>(implementation));

    public void RegisterActivity<TActivity>(string? name = null) where TActivity : class, IWorkflowActivity =>
        Add(_activities, name ?? typeof(TActivity).Name, services => ActivatorUtilities.CreateInstance<TActivity>(services));

    public void RegisterActivity<TInput, TOutput>(string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation) =>
        Add(_activities, name, _ => new FunctionActivity<TInput, TOutput>(implementation));

    /// <summary>Registers a class found by looking through an assembly; what has been registered by hand stays.</summary>
    public void RegisterDiscovered(Type type, string name)
    {
        if (typeof(IWorkflow).IsAssignableFrom(type))
            _workflows.TryAdd(name, services => (IWorkflow)ActivatorUtilities.CreateInstance(services, type));
        else
            _activities.TryAdd(name, services => (IWorkflowActivity)ActivatorUtilities.CreateInstance(services, type));
    }

    public bool TryCreateWorkflow(TaskIdentifier identifier, IServiceProvider serviceProvider, out IWorkflow? workflow, out Exception? activationException) =>
        TryCreate(_workflows, identifier, serviceProvider, out workflow, out activationException);

    public bool TryCreateActivity(TaskIdentifier identifier, IServiceProvider serviceProvider, out IWorkflowActivity? activity, out Exception? activationException) =>
        TryCreate(_activities, identifier, serviceProvider, out activity, out activationException);

    private void Add<T>(Dictionary<string, Func<IServiceProvider, T>> registry, string name, Func<IServiceProvider, T> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!registry.TryAdd(name, create))
            LogAlreadyRegistered(typeof(T).Name, name);
    }

    private static bool TryCreate<T>(
        Dictionary<string, Func<IServiceProvider, T>> registry, string name, IServiceProvider services, out T? created, out Exception? activationException) where T : class
    {
        created = null;
        activationException = null;
        if (!registry.TryGetValue(name, out var create))
            return false;
        try
        {
            created = create(services);
            return true;
        }
        catch (Exception e)
        {
            // A constructor may throw anything; the caller reports it as the failure of the run.
            activationException = e;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} '{Name}' is already registered; the first registration stays")]
    private partial void LogAlreadyRegistered(string kind, string name);

    private sealed class FunctionWorkflow<TInput, TOutput>(Func<WorkflowContext, TInput, Task<TOutput>> implementation) : Workflow<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(WorkflowContext context, TInput input) => implementation(context, input);
    }

    private sealed class FunctionActivity<TInput, TOutput>(Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation) : WorkflowActivity<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input) => implementation(context, input);
    }
}
