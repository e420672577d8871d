using System.Collections.ObjectModel;

namespace Dapr.Actors.Runtime;

/// <summary>The types of actors that this application hosts.</summary>
public sealed class ActorRegistrationCollection : KeyedCollection<ActorTypeInformation, ActorRegistration>
{
    /// <summary>None yet.</summary>
    public ActorRegistrationCollection()
    {
    }

    /// <summary>Hosts actors of a class.</summary>
    public void RegisterActor<TActor>(Action<ActorRegistration> configure = null)
        where TActor : Actor => RegisterActor<TActor>(actorTypeName: null, typeOptions: null, configure);

    /// <summary>Hosts actors of a class, with options of their own.</summary>
    public void RegisterActor<TActor>(ActorRuntimeOptions typeOptions, Action<ActorRegistration> configure = null)
        where TActor : Actor => RegisterActor<TActor>(actorTypeName: null, typeOptions, configure);

    /// <summary>Hosts actors of a class under a name.</summary>
    public void RegisterActor<TActor>(string actorTypeName, Action<ActorRegistration> configure = null)
        where TActor : Actor => RegisterActor<TActor>(actorTypeName, typeOptions: null, configure);

    /// <summary>Hosts actors of a class under a name, with options of their own.</summary>
    public void RegisterActor<TActor>(string actorTypeName, ActorRuntimeOptions typeOptions, Action<ActorRegistration> configure = null)
        where TActor : Actor
    {
        var registration = new ActorRegistration(ActorTypeInformation.Get(typeof(TActor), actorTypeName), typeOptions);
        configure?.Invoke(registration);
        Add(registration);
    }

    /// <inheritdoc/>
    protected override ActorTypeInformation GetKeyForItem(ActorRegistration item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Type;
    }
}
