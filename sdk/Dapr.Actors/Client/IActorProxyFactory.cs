namespace Dapr.Actors.Client;

/// <summary>Makes proxies.</summary>
public interface IActorProxyFactory
{
    /// <summary>A typed proxy: its methods call the actor's by remoting.</summary>
    TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null)
        where TActorInterface : IActor;

    /// <summary>A typed proxy for an interface known at run time.</summary>
    object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null);

    /// <summary>An untyped proxy: methods by name, arguments and results as JSON.</summary>
    ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null);
}
