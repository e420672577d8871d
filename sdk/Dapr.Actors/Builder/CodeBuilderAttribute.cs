namespace Dapr.Actors.Builder;

/// <summary>Asked the official SDK to keep the code it emits for debuggers. It has no effect here.</summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Interface)]
public class CodeBuilderAttribute : Attribute
{
    /// <summary>No effect.</summary>
    public CodeBuilderAttribute()
    {
    }

    /// <summary>No effect.</summary>
    public bool EnableDebugging { get; set; }
}
