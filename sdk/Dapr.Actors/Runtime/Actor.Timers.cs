namespace Dapr.Actors.Runtime;

public abstract partial class Actor
{
    /// <summary>Registers a reminder, or replaces the one of that name. The actor must be an <see cref="IRemindable"/>.</summary>
    /// <param name="reminderName">Its name.</param>
    /// <param name="state">What it brings along.</param>
    /// <param name="dueTime">How long until it comes.</param>
    /// <param name="period">How often it comes afterwards; -1 ms for never.</param>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period) =>
        RegisterAsync(new ActorReminder(Host.ActorTypeInfo.ActorTypeName, Id, reminderName, state, dueTime, period));

    /// <summary>Registers a reminder that ends after <paramref name="ttl"/>.</summary>
    /// <inheritdoc cref="RegisterReminderAsync(string, byte[], TimeSpan, TimeSpan)"/>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period, TimeSpan ttl) =>
        RegisterAsync(new ActorReminder(Host.ActorTypeInfo.ActorTypeName, Id, reminderName, state, dueTime, period, ttl));

    /// <summary>Registers a reminder that ends after <paramref name="repetitions"/> times or after <paramref name="ttl"/>.</summary>
    /// <inheritdoc cref="RegisterReminderAsync(string, byte[], TimeSpan, TimeSpan)"/>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period, int repetitions, TimeSpan ttl) =>
        RegisterAsync(new ActorReminder(Host.ActorTypeInfo.ActorTypeName, Id, reminderName, state, dueTime, period, repetitions, ttl));

    /// <summary>Registers a reminder that ends after <paramref name="repetitions"/> times.</summary>
    /// <inheritdoc cref="RegisterReminderAsync(string, byte[], TimeSpan, TimeSpan)"/>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period, int repetitions) =>
        RegisterAsync(new ActorReminder(Host.ActorTypeInfo.ActorTypeName, Id, reminderName, state, dueTime, period, repetitions));

    /// <summary>Finds a reminder; null when there is none.</summary>
    protected Task<IActorReminder> GetReminderAsync(string reminderName) => Host.TimerManager.GetReminderAsync(ReminderToken(reminderName));

    /// <summary>Forgets a reminder.</summary>
    protected Task UnregisterReminderAsync(IActorReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        return Host.TimerManager.UnregisterReminderAsync(reminder as ActorReminderToken ?? ReminderToken(reminder.Name));
    }

    /// <summary>Forgets a reminder.</summary>
    protected Task UnregisterReminderAsync(string reminderName) => Host.TimerManager.UnregisterReminderAsync(ReminderToken(reminderName));

    /// <summary>Registers a timer, or replaces the one of that name.</summary>
    /// <param name="timerName">Its name; one is made up when it is empty.</param>
    /// <param name="callback">
    /// Name of the method that it calls, with <paramref name="callbackParams"/> or nothing. The method returns a <see cref="Task"/>, or a
    /// <c>Task&lt;bool&gt;</c> that says whether the timer is to end.
    /// </param>
    /// <param name="callbackParams">What it hands to the method.</param>
    /// <param name="dueTime">How long until it comes.</param>
    /// <param name="period">How often it comes afterwards; -1 ms for never.</param>
    /// <exception cref="ArgumentException">The actor has no such method.</exception>
    public Task<ActorTimer> RegisterTimerAsync(string timerName, string callback, byte[] callbackParams, TimeSpan dueTime, TimeSpan period) =>
        RegisterAsync(timerName, callback, callbackParams, dueTime, period, ttl: null);

    /// <summary>Registers a timer that ends after <paramref name="ttl"/>.</summary>
    /// <inheritdoc cref="RegisterTimerAsync(string, string, byte[], TimeSpan, TimeSpan)"/>
    public Task<ActorTimer> RegisterTimerAsync(string timerName, string callback, byte[] callbackParams, TimeSpan dueTime, TimeSpan period, TimeSpan ttl) =>
        RegisterAsync(timerName, callback, callbackParams, dueTime, period, ttl);

    /// <summary>Forgets a timer.</summary>
    protected Task UnregisterTimerAsync(ActorTimer timer) => Host.TimerManager.UnregisterTimerAsync(timer);

    /// <summary>Forgets a timer.</summary>
    protected Task UnregisterTimerAsync(string timerName) =>
        Host.TimerManager.UnregisterTimerAsync(new ActorTimerToken(Host.ActorTypeInfo.ActorTypeName, Id, timerName));

    private ActorReminderToken ReminderToken(string name) => new(Host.ActorTypeInfo.ActorTypeName, Id, name);

    private async Task<IActorReminder> RegisterAsync(ActorReminder reminder)
    {
        await Host.TimerManager.RegisterReminderAsync(reminder);
        return reminder;
    }

    private async Task<ActorTimer> RegisterAsync(string name, string callback, byte[] data, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl)
    {
        CheckTimerCallback(callback);
        var timer = ActorTimer.Until(
            Host.ActorTypeInfo.ActorTypeName, Id, string.IsNullOrEmpty(name) ? $"{Id}_Timer_{Guid.NewGuid()}" : name, callback, data, dueTime, period, ttl);
        await Host.TimerManager.RegisterTimerAsync(timer);
        return timer;
    }

    // The messages are the official ones: people look for them.
    private void CheckTimerCallback(string callback)
    {
        var method = FindTimerCallback(callback)
            ?? throw new ArgumentException($"Timer callback method: {callback} does not exist in the Actor class: {Host.ActorTypeInfo.ActorTypeName}", nameof(callback));
        if (method.GetParameters().Length > 1)
            throw new ArgumentException("Timer callback can accept only zero or one parameters", nameof(callback));

        if (method.ReturnType != typeof(Task) && method.ReturnType != typeof(Task<bool>))
            throw new ArgumentException("Timer callback can only return type Task", nameof(callback));
    }
}
