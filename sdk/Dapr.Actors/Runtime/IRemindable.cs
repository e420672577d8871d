namespace Dapr.Actors.Runtime;

/// <summary>An actor that takes reminders.</summary>
public interface IRemindable
{
    /// <summary>A reminder is due. State that was changed is saved afterwards.</summary>
    /// <param name="reminderName">Its name.</param>
    /// <param name="state">What was registered with it.</param>
    /// <param name="dueTime">How long after its registration it was due.</param>
    /// <param name="period">How often it comes; negative for once.</param>
    Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period);
}
