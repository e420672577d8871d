using System.Reflection;
using Dapr.Actors.Builder;

namespace Dapr.Actors.Runtime;

/// <summary>What there is to know about a class of actors.</summary>
public sealed class ActorTypeInformation
{
    private ActorTypeInformation()
    {
    }

    /// <summary>The actor type that callers and the sidecar know.</summary>
    public string ActorTypeName { get; private set; }

    /// <summary>The class.</summary>
    public Type ImplementationType { get; private set; }

    /// <summary>Its actor interfaces.</summary>
    public IEnumerable<Type> InterfaceTypes { get; private set; }

    /// <summary>Whether it can have no instances.</summary>
    public bool IsAbstract { get; private set; }

    /// <summary>Whether it takes reminders.</summary>
    public bool IsRemindable { get; private set; }

    /// <summary>What there is to know about <paramref name="actorType"/>, if it is a class of actors.</summary>
    [Obsolete("Use Get(Type, string) instead. This will be removed in the future.")]
    public static bool TryGet(Type actorType, out ActorTypeInformation actorTypeInformation)
    {
        try
        {
            actorTypeInformation = Get(actorType);
            return true;
        }
        catch (ArgumentException)
        {
            actorTypeInformation = null;
            return false;
        }
    }

    /// <summary>What there is to know about <paramref name="actorType"/>.</summary>
    /// <exception cref="ArgumentException">It is no class of actors.</exception>
    [Obsolete("Use Get(Type, string) instead. This will be removed in the future.")]
    public static ActorTypeInformation Get(Type actorType) => Get(actorType, actorTypeName: null);

    /// <summary>What there is to know about <paramref name="actorType"/>, known to callers as <paramref name="actorTypeName"/> if that is given.</summary>
    /// <exception cref="ArgumentException">It is no class of actors.</exception>
    public static ActorTypeInformation Get(Type actorType, string actorTypeName)
    {
        ArgumentNullException.ThrowIfNull(actorType);
        if (!actorType.IsSubclassOf(typeof(Actor)))
            throw new ArgumentException($"{actorType.FullName} is no actor: it does not derive from {typeof(Actor).FullName}.", nameof(actorType));

        var interfaces = ActorInterface.InterfacesOf(actorType);
        if (interfaces.Count == 0 && !actorType.IsAbstract)
            throw new ArgumentException($"{actorType.FullName} has no actor interface: none of its interfaces derives from {typeof(IActor).FullName}.", nameof(actorType));

        return new ActorTypeInformation
        {
            ActorTypeName = actorTypeName ?? actorType.GetCustomAttribute<ActorAttribute>()?.TypeName ?? actorType.Name,
            ImplementationType = actorType,
            InterfaceTypes = interfaces,
            IsAbstract = actorType.IsAbstract,
            IsRemindable = actorType.IsAssignableTo(typeof(IRemindable)),
        };
    }
}
