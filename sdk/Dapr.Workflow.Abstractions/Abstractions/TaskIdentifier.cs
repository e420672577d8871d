namespace Dapr.Workflow.Abstractions;

/// <summary>The name of a workflow or activity.</summary>
/// <param name="Name">The name; names compare without case where they are looked up.</param>
#pragma warning disable CA2225 // the conversions are Dapr's own
public readonly record struct TaskIdentifier(string Name)
{
    /// <summary>A name as an identifier.</summary>
    public static implicit operator TaskIdentifier(string name) => new(name);

    /// <summary>The name of an identifier.</summary>
    public static implicit operator string(TaskIdentifier identifier) => identifier.Name;

    /// <inheritdoc />
    public override string ToString() => Name;
}
