using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Passes on only what is logged outside a replay.</summary>
internal sealed class ReplaySafeLogger(ILogger logger, WorkflowContext context) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => !context.IsReplaying && logger.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            logger.Log(logLevel, eventId, state, exception, formatter);
    }
}
