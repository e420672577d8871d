namespace Dapr.Workflow.Abstractions.Attributes;

/// <summary>Marks an activity class, and may name the activity.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class WorkflowActivityAttribute : Attribute
{
    /// <summary>The activity is named as its class.</summary>
    public WorkflowActivityAttribute()
    {
    }

    /// <summary>The activity has a name of its own.</summary>
    /// <param name="name">The name.</param>
    public WorkflowActivityAttribute(string name) => Name = name;

    /// <summary>The name; null is that of the class.</summary>
    public string? Name { get; }
}
