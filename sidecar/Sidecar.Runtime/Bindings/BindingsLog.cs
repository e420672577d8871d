using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Bindings;

/// <summary>What the bindings say.</summary>
internal static partial class BindingsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The app has not subscribed to binding {Binding}")]
    public static partial void NotWanted(ILogger logger, string binding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The app could not be asked whether it wants binding {Binding}, so it gets none of its events: {Problem}")]
    public static partial void NotAsked(ILogger logger, string binding, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The app could not be asked for the bindings it wants (ListInputBindings), so it gets no events: {Problem}")]
    public static partial void NotListed(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "What the app asked for in its answer to binding {Binding} failed: {Problem}")]
    public static partial void AnswerFailed(ILogger logger, string binding, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event of binding {Binding} was not taken: {Problem}")]
    public static partial void NotDelivered(ILogger logger, string binding, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "An input binding cannot be read: {Problem}")]
    public static partial void ReadFailed(ILogger logger, string problem);
}
