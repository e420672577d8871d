namespace Dapr.Workflow.Abstractions.Attributes;

/// <summary>Marks a workflow class, and may name the workflow.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class WorkflowAttribute : Attribute
{
    /// <summary>The workflow is named as its class.</summary>
    public WorkflowAttribute()
    {
    }

    /// <summary>The workflow has a name of its own.</summary>
    /// <param name="name">The name.</param>
    public WorkflowAttribute(string name) => Name = name;

    /// <summary>The name; null is that of the class.</summary>
    public string? Name { get; }
}
