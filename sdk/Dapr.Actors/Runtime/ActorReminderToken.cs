namespace Dapr.Actors.Runtime;

/// <summary>Which reminder of which actor.</summary>
public class ActorReminderToken
{
    /// <summary>The reminder <paramref name="name"/> of an actor.</summary>
    public ActorReminderToken(string actorType, ActorId actorId, string name)
    {
        ArgumentNullException.ThrowIfNull(actorType);
        ArgumentNullException.ThrowIfNull(actorId);
        ArgumentNullException.ThrowIfNull(name);
        ActorType = actorType;
        ActorId = actorId;
        Name = name;
    }

    /// <summary>The type of the actor.</summary>
    public string ActorType { get; }

    /// <summary>Which actor of its type.</summary>
    public ActorId ActorId { get; }

    /// <summary>The name of the reminder.</summary>
    public string Name { get; }
}
