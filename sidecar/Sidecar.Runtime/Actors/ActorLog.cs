using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Actors;

internal static partial class ActorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{AppId}: hosts actors of the types {Types}")]
    public static partial void Hosting(this ILogger logger, string appId, string types);

    [LoggerMessage(Level = LogLevel.Error, Message = "{AppId}: GET /dapr/config has no usable answer, so it hosts no actors: {Problem}")]
    public static partial void ConfigRefused(this ILogger logger, string appId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{AppId}: hosts no actors although its app has the types {Types}: no state store has actorStateStore \"true\", ETags and transactions")]
    public static partial void NoStateStore(this ILogger logger, string appId, string types);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Actor {Actor} was deactivated without its app: {Problem}")]
    public static partial void DeactivationFailed(this ILogger logger, ActorAddress actor, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer '{Name}' of actor {Actor} failed: {Problem}")]
    public static partial void TimerFailed(this ILogger logger, string name, ActorAddress actor, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder '{Name}' of actor {Actor} failed ({Problem}); trying again in {Delay}")]
    public static partial void ReminderRetrying(this ILogger logger, string name, ActorAddress actor, string problem, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reminder '{Name}' of actor {Actor} failed ({Problem}); its failure policy gives this tick up")]
    public static partial void ReminderGivenUp(this ILogger logger, string name, ActorAddress actor, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reminder '{Name}' of actor {Actor} has ticked, but that cannot be saved; it may tick again after a restart")]
    public static partial void ReminderSaveFailed(this ILogger logger, Exception error, string name, ActorAddress actor);

    [LoggerMessage(Level = LogLevel.Error, Message = "The reminder under '{Key}' cannot be read and is left aside: restore the key, or delete it")]
    public static partial void ReminderCorrupt(this ILogger logger, Exception error, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminders cannot be read; trying again in {Delay}")]
    public static partial void RemindersUnreadable(this ILogger logger, Exception error, TimeSpan delay);
}
