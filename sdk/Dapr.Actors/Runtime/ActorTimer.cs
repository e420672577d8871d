namespace Dapr.Actors.Runtime;

/// <summary>A timer: it calls a method of its actor as long as the actor stays active.</summary>
public class ActorTimer : ActorTimerToken
{
    /// <summary>A timer without an end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative (a period may be -1 ms, for once), or it ends before it is due.</exception>
    public ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[] data, TimeSpan dueTime, TimeSpan period)
        : this(actorType, actorId, name, timerCallback, data, dueTime, period, (TimeSpan?)null)
    {
    }

    /// <summary>A timer that ends after a time.</summary>
    /// <inheritdoc cref="ActorTimer(string, ActorId, string, string, byte[], TimeSpan, TimeSpan)"/>
    public ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[] data, TimeSpan dueTime, TimeSpan period, TimeSpan ttl)
        : this(actorType, actorId, name, timerCallback, data, dueTime, period, (TimeSpan?)ttl)
    {
    }

    /// <summary>A timer of no actor.</summary>
    [Obsolete("This constructor does not provide all required data and should not be used.")]
    public ActorTimer(string timerName, TimerInfo timerInfo)
        : base(string.Empty, ActorId.CreateRandom(), timerName)
    {
        TimerInfo = timerInfo;
    }

    private ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[] data, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl)
        : base(actorType, actorId, name)
    {
        Schedules.Check(dueTime, period, ttl);
        TimerCallback = timerCallback;
        Data = data;
        DueTime = dueTime;
        Period = period;
        Ttl = ttl;
    }

    /// <summary>Only of a timer made by the obsolete constructor.</summary>
#pragma warning disable CS0618 // part of the official shape
    public TimerInfo TimerInfo { get; }
#pragma warning restore CS0618

    /// <summary>The method that it calls.</summary>
    public string TimerCallback { get; }

    /// <summary>What it hands to the method.</summary>
    public byte[] Data { get; }

    /// <summary>How long after its registration it is due.</summary>
    public TimeSpan DueTime { get; }

    /// <summary>How often it comes afterwards; negative for never.</summary>
    public TimeSpan Period { get; }

    /// <summary>When it ends; null for never.</summary>
    public TimeSpan? Ttl { get; }

    internal static ActorTimer Until(string actorType, ActorId actorId, string name, string callback, byte[] data, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl) =>
        new(actorType, actorId, name, callback, data, dueTime, period, ttl);
}
