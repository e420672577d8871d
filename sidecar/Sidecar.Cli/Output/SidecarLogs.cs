using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Sidecar.Cli.Output;

/// <summary>Where a sidecar's log lines go, and from which level on.</summary>
/// <param name="Log">Files and console of the instance.</param>
/// <param name="Level">Lowest level written.</param>
public sealed record SidecarLogTarget(InstanceLog Log, LogLevel Level);

/// <summary>Takes the log of every sidecar of the host to the file of its app, in daprd's form. Lines of no app go to the console from warnings on.</summary>
public sealed class SidecarLogs(RunConsole console, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private const string AppIdKey = "AppId";

    private readonly ConcurrentDictionary<string, SidecarLogTarget> _targets = new(StringComparer.Ordinal);
    private IExternalScopeProvider? _scopes;

    /// <summary>Sends the lines of an app id to a target. Instances of one app share the first's: the log names the app, not the instance.</summary>
    public void Route(string appId, SidecarLogTarget target) => _targets.TryAdd(appId, target);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose() => _targets.Clear();

    private void Write(string category, LogLevel level, string? appId, string message, Exception? error)
    {
        if (appId is not null && _targets.TryGetValue(appId, out var target))
        {
            if (level >= target.Level)
                target.Log.Sidecar(Line(category, level, appId, message, error), level >= LogLevel.Error);
        }
        else if (level >= LogLevel.Warning)
        {
            console.Write("DAPR", appId ?? "", Line(category, level, appId, message, error));
        }
    }

    private string Line(string category, LogLevel level, string? appId, string message, Exception? error)
    {
        var line = new StringBuilder("time=\"").Append(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture))
            .Append("\" level=").Append(Name(level)).Append(" msg=\"");
        Escape(line, message);
        if (error is not null)
            Escape(line, level >= LogLevel.Error ? $": {error}" : $": {error.Message}");
        line.Append('"');
        if (appId is not null)
            line.Append(" app_id=").Append(appId);
        return line.Append(" scope=").Append(category).ToString();
    }

    private static void Escape(StringBuilder line, string text) =>
        line.Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Critical => "fatal",
        _ => "error",
    };

    private static string? AppIdIn(object? state)
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            for (var i = 0; i < values.Count; i++)
            {
                if (values[i].Key == AppIdKey)
                    return values[i].Value as string;
            }
        }

        return null;
    }

    private sealed class Logger(SidecarLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var appId = AppIdIn(state);
            if (appId is null)
            {
                logs._scopes?.ForEachScope((scope, _) => appId ??= AppIdIn(scope), 0);
            }

            logs.Write(category, logLevel, appId, formatter(state, exception), exception);
        }
    }
}
