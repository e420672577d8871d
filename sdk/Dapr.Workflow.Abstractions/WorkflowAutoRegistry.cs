namespace Dapr.Workflow;

/// <summary>Collects the registrations that assemblies bring along; <c>AddDaprWorkflow</c> applies them.</summary>
public static class WorkflowAutoRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<Action<WorkflowRuntimeOptions>> Registrations = [];

    /// <summary>Adds a registration. Generated code calls this when its assembly is loaded.</summary>
    /// <param name="registration">Registers the workflows and activities of one assembly.</param>
    public static void Register(Action<WorkflowRuntimeOptions> registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        lock (Gate)
            Registrations.Add(registration);
    }

    internal static void Apply(WorkflowRuntimeOptions options)
    {
        Action<WorkflowRuntimeOptions>[] registrations;
        lock (Gate)
            registrations = [.. Registrations];
        foreach (var registration in registrations)
            registration(options);
    }
}
