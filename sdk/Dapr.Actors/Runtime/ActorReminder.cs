namespace Dapr.Actors.Runtime;

/// <summary>A reminder: it wakes its actor, also after everything was restarted.</summary>
public class ActorReminder : ActorReminderToken, IActorReminder
{
    /// <summary>A reminder without an end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative (a period may be -1 ms, for once), or it ends before it is due.</exception>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period)
        : this(actorType, actorId, name, state, dueTime, period, repetitions: null, ttl: null)
    {
    }

    /// <summary>A reminder that ends after a time.</summary>
    /// <inheritdoc cref="ActorReminder(string, ActorId, string, byte[], TimeSpan, TimeSpan)"/>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period, TimeSpan ttl)
        : this(actorType, actorId, name, state, dueTime, period, repetitions: null, ttl)
    {
    }

    /// <summary>A reminder that ends after a number of times or after a time.</summary>
    /// <inheritdoc cref="ActorReminder(string, ActorId, string, byte[], TimeSpan, TimeSpan)"/>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl)
        : base(actorType, actorId, name)
    {
        Schedules.Check(dueTime, period, ttl);
        State = state;
        DueTime = dueTime;
        Period = period;
        Repetitions = repetitions;
        Ttl = ttl;
    }

    /// <summary>A reminder that ends after a number of times.</summary>
    /// <inheritdoc cref="ActorReminder(string, ActorId, string, byte[], TimeSpan, TimeSpan)"/>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period, int? repetitions)
        : this(actorType, actorId, name, state, dueTime, period, repetitions, ttl: null)
    {
    }

    /// <inheritdoc/>
    public byte[] State { get; }

    /// <inheritdoc/>
    public TimeSpan DueTime { get; }

    /// <inheritdoc/>
    public TimeSpan Period { get; }

    /// <summary>When it ends; null for never.</summary>
    public TimeSpan? Ttl { get; }

    /// <summary>How often it comes; null for without end.</summary>
    public int? Repetitions { get; }
}
