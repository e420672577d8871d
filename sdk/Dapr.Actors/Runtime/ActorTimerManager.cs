namespace Dapr.Actors.Runtime;

/// <summary>Keeps timers and reminders; tests put their own in its place.</summary>
public abstract class ActorTimerManager
{
    /// <summary>For what keeps them.</summary>
    protected ActorTimerManager()
    {
    }

    /// <summary>Registers a reminder, or replaces the one of the same name.</summary>
    public abstract Task RegisterReminderAsync(ActorReminder reminder);

    /// <summary>Finds a reminder; null when there is none.</summary>
    public abstract Task<IActorReminder> GetReminderAsync(ActorReminderToken reminder);

    /// <summary>Forgets a reminder.</summary>
    public abstract Task UnregisterReminderAsync(ActorReminderToken reminder);

    /// <summary>Registers a timer, or replaces the one of the same name.</summary>
    public abstract Task RegisterTimerAsync(ActorTimer timer);

    /// <summary>Forgets a timer.</summary>
    public abstract Task UnregisterTimerAsync(ActorTimerToken timer);
}
