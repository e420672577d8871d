namespace Dapr.Actors;

/// <summary>Something that leads to an actor and can travel in a message.</summary>
internal interface IActorReference
{
    /// <summary>A proxy for the actor.</summary>
    object Bind(Type actorInterfaceType);
}
