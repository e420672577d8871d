using System.Runtime.Serialization;
using Dapr.Actors.Client;

namespace Dapr.Actors;

/// <summary>What travels in a message where a proxy was passed.</summary>
[DataContract(Name = "ActorReference", Namespace = Wire.Namespace)]
[Serializable]
public sealed class ActorReference : IActorReference
{
    /// <summary>A reference to be filled in.</summary>
    public ActorReference()
    {
    }

    /// <summary>Which actor of its type.</summary>
    [DataMember(Name = "ActorId", Order = 0, IsRequired = true)]
    public ActorId ActorId { get; set; }

    /// <summary>The type of the actor.</summary>
    [DataMember(Name = "ActorType", Order = 0, IsRequired = true)]
    public string ActorType { get; set; }

    /// <summary>The reference of the actor behind a proxy; null for null.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="actor"/> is no proxy.</exception>
    public static ActorReference Get(object actor) => actor switch
    {
        null => null,
        IActorProxy proxy => new ActorReference { ActorId = proxy.ActorId, ActorType = proxy.ActorType },
        _ => throw new ArgumentOutOfRangeException(nameof(actor), actor.GetType(), "Only a proxy of an actor can be referred to, not the actor itself."),
    };

    /// <inheritdoc/>
    public object Bind(Type actorInterfaceType) => ActorProxy.DefaultProxyFactory.CreateActorProxy(ActorId, actorInterfaceType, ActorType);
}
