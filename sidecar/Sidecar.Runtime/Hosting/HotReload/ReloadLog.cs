using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Hosting.HotReload;

/// <summary>What hot reload says, in daprd's words where daprd has some.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Hot reloading enabled. Daprd will reload 'Component' and 'Subscription' resources on change.")]
    public static partial void Enabled(this ILogger logger, string appId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Watching directories: [{Folders}]")]
    public static partial void Watching(this ILogger logger, string appId, string folders);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The resources folders cannot be watched, they are compared at intervals only: {Problem}")]
    public static partial void NotWatched(this ILogger logger, string appId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The resources cannot be reloaded, what was loaded stays: {Problem}")]
    public static partial void NotLoaded(this ILogger logger, string appId, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Closing existing Component to reload: {Name} ({Type}/{Version})")]
    public static partial void Closing(this ILogger logger, string appId, string name, string type, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Component updated: {Name} ({Type}/{Version})")]
    public static partial void Updated(this ILogger logger, string appId, string name, string type, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Component deleted: {Name} ({Type}/{Version})")]
    public static partial void Deleted(this ILogger logger, string appId, string name, string type, string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "Error processing component, what was loaded stays: {Problem}")]
    public static partial void NotUpdated(this ILogger logger, string appId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Aborting to hot-reload a component that {Role}, a restart takes it up: {Name} ({Type}/{Version})")]
    public static partial void Kept(this ILogger logger, string appId, string role, string name, string type, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Subscriptions updated: {Count} declared")]
    public static partial void Subscriptions(this ILogger logger, string appId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "HTTPEndpoint, Resiliency and Configuration resources have changed; a restart takes them up")]
    public static partial void FixedAtStart(this ILogger logger, string appId);
}
