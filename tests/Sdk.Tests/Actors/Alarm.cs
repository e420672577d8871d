using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace Sdk.Tests.Actors;

public interface IAlarm : IActor
{
    Task SetAsync(string text);

    Task SetForAWhileAsync();

    Task<string?> LookAsync(string name);

    Task ForgetAsync();

    Task TickAsync(string callback);
}

/// <summary>An actor with timers and reminders.</summary>
public sealed class Alarm(ActorHost host, Diary diary) : Actor(host), IAlarm, IRemindable
{
    public Task SetAsync(string text) =>
        RegisterReminderAsync("wake", System.Text.Encoding.UTF8.GetBytes(text), TimeSpan.FromHours(25), TimeSpan.FromMilliseconds(1500));

    public async Task SetForAWhileAsync()
    {
        await RegisterReminderAsync("three-times", null, TimeSpan.Zero, TimeSpan.FromSeconds(5), 3);
        await RegisterReminderAsync("a-day", null, TimeSpan.Zero, new TimeSpan(1, 2, 3, 4), 2, TimeSpan.FromDays(1));
        await RegisterReminderAsync("once", null, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(-1), TimeSpan.FromMinutes(1));
    }

    public async Task<string?> LookAsync(string name) =>
        await GetReminderAsync(name) is { } reminder ? $"{reminder.Name} {reminder.DueTime} {reminder.Period} {reminder.State.Length}" : null;

    public async Task ForgetAsync()
    {
        await UnregisterReminderAsync("wake");
        await UnregisterTimerAsync("tick");
    }

    public Task TickAsync(string callback) =>
        RegisterTimerAsync("tick", callback, "t"u8.ToArray(), TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(2), TimeSpan.FromHours(1));

    public Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        diary.Write($"{reminderName}: {System.Text.Encoding.UTF8.GetString(state)} after {dueTime}, every {period}");
        return StateManager.SetStateAsync("reminded", reminderName);
    }

    public Task OnTick(byte[] data) => WriteAsync($"tick {System.Text.Encoding.UTF8.GetString(data)}");

    public Task OnBrokenTick() => throw new InvalidOperationException($"{Id} is broken");

    public Task TwoArguments(string first, string second) => WriteAsync(first + second);

    public int NoTask() => Id.GetHashCode();

    public Task Twice() => WriteAsync("twice");

    public Task Twice(byte[] data) => WriteAsync($"twice {data.Length}");

    private async Task<bool> OnLastTick()
    {
        await WriteAsync("last tick");
        return true;
    }

    private Task WriteAsync(string entry)
    {
        diary.Write(entry);
        return Task.CompletedTask;
    }
}
