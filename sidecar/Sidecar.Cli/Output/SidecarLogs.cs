using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sidecar.Cli.Output;

/// <summary>Where a sidecar's log lines go, and from which level on.</summary>
/// <param name="Write">Takes a line, and whether it tells of an error.</param>
/// <param name="Level">Lowest level written.</param>
/// <param name="AsJson">One JSON object a line, as daprd's <c>--log-as-json</c>.</param>
public sealed record SidecarLogTarget(Action<string, bool> Write, LogLevel Level, bool AsJson = false)
{
    /// <summary>The level that <c>--log-level</c> and <c>logLevel</c> name.</summary>
    public static LogLevel LevelOf(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" or "panic" => LogLevel.Critical,
        _ => LogLevel.Information,
    };
}

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
        var text = error is null ? message : level >= LogLevel.Error ? $"{message}: {error}" : $"{message}: {error.Message}";
        var line = new SidecarLogLine(time.GetUtcNow(), level, text, appId, category);
        if (appId is not null && _targets.TryGetValue(appId, out var target))
        {
            if (level >= target.Level)
                target.Write(target.AsJson ? line.ToJson() : line.ToString(), level >= LogLevel.Error);
        }
        else if (level >= LogLevel.Warning)
        {
            console.Write("DAPR", appId ?? "", line.ToString());
        }
    }

    private static string? AppIdIn(object? state)
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            for (var i = 0; i < values.Count; i++)
            {
                if (values[i].Key.Equals(AppIdKey, StringComparison.OrdinalIgnoreCase))
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
