namespace Dapr.Actors.Runtime;

/// <summary>What a turn of an actor was asked for by.</summary>
public enum ActorCallType
{
    /// <summary>A method of its interface.</summary>
    ActorInterfaceMethod = 0,

    /// <summary>A timer.</summary>
    TimerMethod = 1,

    /// <summary>A reminder.</summary>
    ReminderMethod = 2,
}
