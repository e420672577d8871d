namespace Dapr.Actors.Runtime;

/// <summary>Names the type of an actor where the name of its class will not do.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class ActorAttribute : Attribute
{
    /// <summary>The name is that of the class unless <see cref="TypeName"/> says otherwise.</summary>
    public ActorAttribute()
    {
    }

    /// <summary>The actor type that callers and the sidecar know.</summary>
    public string TypeName { get; set; }
}
