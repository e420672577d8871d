using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Workflows;

internal static partial class WorkflowLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Workflow engine of '{AppId}' took up {Count} unfinished workflows")]
    public static partial void Recovered(this ILogger logger, string appId, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    public static partial void Quarantined(this ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflows of '{AppId}' cannot be read from the actor state store; trying again in {Delay}")]
    public static partial void RecoveryFailed(this ILogger logger, Exception error, string appId, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow '{InstanceId}' cannot be saved; trying again in {Delay}")]
    public static partial void SaveFailed(this ILogger logger, Exception error, string instanceId, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow '{InstanceId}' was changed by another process that uses the same actor state store and app id; reading it again")]
    public static partial void OwnershipLost(this ILogger logger, string instanceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The worker's answer for workflow '{InstanceId}' cannot be applied; the turn is made again in {Delay}")]
    public static partial void TurnRejected(this ILogger logger, Exception error, string instanceId, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow '{InstanceId}' stalled: {Reason}, {Description}; it is tried again when a new worker connects")]
    public static partial void Stalled(this ILogger logger, string instanceId, string reason, string description);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow '{InstanceId}' continued as new {Count} times without waiting for anything; it goes on after a pause")]
    public static partial void TightLoop(this ILogger logger, string instanceId, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Background work for workflow '{InstanceId}' failed; trying again in {Delay}")]
    public static partial void BackgroundFailed(this ILogger logger, Exception error, string instanceId, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Background work for workflow '{InstanceId}' was refused")]
    public static partial void BackgroundRefused(this ILogger logger, Exception error, string instanceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The workflows of '{AppId}' cannot be saved at the stop; activities whose results were not saved will run again")]
    public static partial void UnsavedLost(this ILogger logger, Exception error, string appId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The detached workflow '{InstanceId}' is not started: an active workflow has this id")]
    public static partial void DetachedRefused(this ILogger logger, string instanceId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Workflow worker connected to '{AppId}': {Count} in all")]
    public static partial void WorkerConnected(this ILogger logger, string appId, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Workflow worker of '{AppId}' gone: {Count} left")]
    public static partial void WorkerGone(this ILogger logger, string appId, int count);
}
