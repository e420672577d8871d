using System.Collections;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Secrets;

namespace Sidecar.Components.LocalEnvSecrets;

/// <summary>
/// Environment variables as secrets. Dapr's own variables and the app token stay hidden; a variable that is not set reads as an empty secret, as in Dapr.
/// </summary>
internal sealed partial class LocalEnvSecretStore(string name, string prefix, ILogger<LocalEnvSecretStore> logger) : ISecretStore
{
    // Windows has case-insensitive variable names.
    private static readonly StringComparison NameComparison =
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(
        string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var variable = prefix + name;
        string? value = null;
        if (IsAllowed(variable))
            value = Environment.GetEnvironmentVariable(variable);
        else
            LogHidden(variable);
        return new(new Dictionary<string, string> { [name] = value ?? "" });
    }

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var variable = (string)entry.Key;
            if (!IsAllowed(variable) || !variable.StartsWith(prefix, NameComparison) || variable.Length == prefix.Length)
                continue;
            var name = variable[prefix.Length..];
            all[name] = new Dictionary<string, string> { [name] = (string?)entry.Value ?? "" };
        }

        return new(all);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool IsAllowed(string variable) =>
        !variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase) && !variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);

    private void LogHidden(string variable) => LogHidden(logger, name, variable);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Secret store '{Store}': environment variable {Variable} is never given out")]
    private static partial void LogHidden(ILogger logger, string store, string variable);
}
