namespace Dapr.Actors.Runtime;

/// <summary>Creates and destroys the actors of one type.</summary>
public abstract class ActorActivator
{
    /// <summary>For what creates them.</summary>
    protected ActorActivator()
    {
    }

    /// <summary>Creates an actor.</summary>
    public abstract Task<ActorActivatorState> CreateAsync(ActorHost host);

    /// <summary>Destroys an actor and what was made for it.</summary>
    public abstract Task DeleteAsync(ActorActivatorState state);
}
