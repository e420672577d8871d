using System.Reflection;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Abstractions.Attributes;

namespace Dapr.Workflow.Registration;

/// <summary>Finds the workflow and activity classes of an assembly: what the official package does by generated code.</summary>
internal static class WorkflowDiscovery
{
    public static IEnumerable<(Type Type, string Name)> Find(Assembly assembly) =>
        assembly.GetTypes().Where(IsCandidate).Select(type => (type, NameOf(type)));

    private static bool IsCandidate(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false, IsNestedPrivate: false }
        && (typeof(IWorkflow).IsAssignableFrom(type) || typeof(IWorkflowActivity).IsAssignableFrom(type));

    private static string NameOf(Type type) =>
        type.GetCustomAttribute<WorkflowAttribute>()?.Name ?? type.GetCustomAttribute<WorkflowActivityAttribute>()?.Name ?? type.Name;
}
