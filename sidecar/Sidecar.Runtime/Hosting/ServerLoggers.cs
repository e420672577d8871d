using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Hosting;

/// <summary>The host's loggers as the server sees them: only warnings, since its own notes are about connections nobody asked for.</summary>
internal sealed class ServerLoggers(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new WarningsOnly(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The loggers belong to the host's owner.
    }

    private sealed class WarningsOnly(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Event 64: HTTP/2 is not enabled without TLS. It is here: Http2Preface sees to it.
            if (IsEnabled(logLevel) && eventId.Name != "Http2DisabledWithHttp1AndNoTls")
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
