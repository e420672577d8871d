namespace Dapr.Workflow.Versioning;

/// <summary>Collects the registrations that generated code of other assemblies brings along; <c>AddDaprWorkflow</c> applies them where versions are switched on.</summary>
public static class WorkflowVersioningRegistry
{
    private static readonly Lock s_gate = new();
    private static readonly List<Action<WorkflowRuntimeOptions, IServiceProvider>> s_registrations = [];

    /// <summary>Adds a registration, once.</summary>
    public static void Register(Action<WorkflowRuntimeOptions, IServiceProvider> registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        lock (s_gate)
        {
            if (!s_registrations.Contains(registration))
                s_registrations.Add(registration);
        }
    }

    internal static void Apply(WorkflowRuntimeOptions options, IServiceProvider services)
    {
        Action<WorkflowRuntimeOptions, IServiceProvider>[] registrations;
        lock (s_gate)
            registrations = [.. s_registrations];
        foreach (var registration in registrations)
            registration(options, services);
    }
}
