namespace Dapr.Actors.Runtime;

/// <summary>An actor that was created; activators derive from it to remember more.</summary>
public class ActorActivatorState
{
    /// <summary>Remembers <paramref name="actor"/>.</summary>
    public ActorActivatorState(Actor actor)
    {
        Actor = actor;
    }

    /// <summary>The actor.</summary>
    public Actor Actor { get; }
}
