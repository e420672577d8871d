using System.Text.Json;
using Dapr.Actors.Sidecar;

namespace Dapr.Actors.Runtime;

/// <summary>The sidecar keeps timers and reminders.</summary>
internal sealed class SidecarTimers(ActorApi api) : ActorTimerManager
{
    public override Task RegisterReminderAsync(ActorReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        var info = new ReminderInfo(reminder.State, reminder.DueTime, reminder.Period, reminder.Repetitions, reminder.Ttl);
        return api.RegisterReminderAsync(reminder.ActorType, reminder.ActorId, reminder.Name, info.Write());
    }

    public override async Task<IActorReminder> GetReminderAsync(ActorReminderToken reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        if (await api.GetReminderAsync(reminder.ActorType, reminder.ActorId, reminder.Name) is not { Length: > 0 } answer)
            return null;

        var info = ReminderInfo.Read(answer);
        var due = info.DueTime < TimeSpan.Zero ? TimeSpan.Zero : info.DueTime;
        return new ActorReminder(reminder.ActorType, reminder.ActorId, reminder.Name, info.Data, due, info.Period, info.Repetitions);
    }

    public override Task UnregisterReminderAsync(ActorReminderToken reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        return api.UnregisterReminderAsync(reminder.ActorType, reminder.ActorId, reminder.Name);
    }

    public override Task RegisterTimerAsync(ActorTimer timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
#pragma warning disable CS0618 // the wire's timer
        var info = JsonSerializer.SerializeToUtf8Bytes(new TimerInfo(timer.TimerCallback, timer.Data, timer.DueTime, timer.Period, timer.Ttl));
#pragma warning restore CS0618
        return api.RegisterTimerAsync(timer.ActorType, timer.ActorId, timer.Name, info);
    }

    public override Task UnregisterTimerAsync(ActorTimerToken timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        return api.UnregisterTimerAsync(timer.ActorType, timer.ActorId, timer.Name);
    }
}
