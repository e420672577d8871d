namespace Dapr.Actors.Runtime;

/// <summary>A type of actors that this application hosts.</summary>
public sealed class ActorRegistration
{
    /// <summary>With the options of the application.</summary>
    public ActorRegistration(ActorTypeInformation type)
        : this(type, null)
    {
    }

    /// <summary>With options of its own.</summary>
    public ActorRegistration(ActorTypeInformation type, ActorRuntimeOptions options)
    {
        Type = type;
        TypeOptions = options;
    }

    /// <summary>The type.</summary>
    public ActorTypeInformation Type { get; }

    /// <summary>Creates its actors; what the factory gives unless set.</summary>
    public ActorActivator Activator { get; set; }

    /// <summary>Options of its own; null for those of the application.</summary>
    public ActorRuntimeOptions TypeOptions { get; }
}
