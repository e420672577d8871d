namespace Dapr.Actors.Client;

/// <summary>Stands for an actor somewhere.</summary>
public interface IActorProxy
{
    /// <summary>Which actor of its type.</summary>
    ActorId ActorId { get; }

    /// <summary>The type of the actor.</summary>
    string ActorType { get; }
}
