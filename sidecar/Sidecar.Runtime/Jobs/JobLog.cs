using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Jobs;

internal static partial class JobLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Jobs of '{AppId}': {Count} taken up, {Overdue} of them overdue")]
    public static partial void Recovered(this ILogger logger, string appId, int count, int overdue);

    [LoggerMessage(Level = LogLevel.Error, Message = "The job under '{Key}' cannot be read and is left aside: restore the key, or delete the job")]
    public static partial void Corrupt(this ILogger logger, Exception error, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Jobs of '{AppId}' cannot be read; trying again in {Delay}")]
    public static partial void RecoveryFailed(this ILogger logger, Exception error, string appId, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job '{Name}' of '{AppId}' failed ({Problem}); trying again in {Delay}")]
    public static partial void Retrying(this ILogger logger, string name, string appId, string problem, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job '{Name}' of '{AppId}' failed ({Problem}); its failure policy gives this trigger up")]
    public static partial void GivenUp(this ILogger logger, string name, string appId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job '{Name}' of '{AppId}' has triggered, but that cannot be saved; it may trigger again after a restart")]
    public static partial void SaveFailed(this ILogger logger, Exception error, string name, string appId);
}
