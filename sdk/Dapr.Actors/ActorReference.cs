using System.Runtime.Serialization;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;

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

    /// <summary>The reference of an actor, by a proxy of it or by itself; null for null.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="actor"/> is neither a proxy nor an actor.</exception>
    public static ActorReference Get(object actor) => actor switch
    {
        null => null,
        IActorProxy proxy => new ActorReference { ActorId = proxy.ActorId, ActorType = proxy.ActorType },
        Actor self => new ActorReference { ActorId = self.Id, ActorType = self.Host.ActorTypeInfo.ActorTypeName },
        _ => throw new ArgumentOutOfRangeException(nameof(actor), "Invalid actor object type."),
    };

    /// <inheritdoc/>
    public object Bind(Type actorInterfaceType) => ActorProxy.DefaultProxyFactory.CreateActorProxy(ActorId, actorInterfaceType, ActorType);
}
