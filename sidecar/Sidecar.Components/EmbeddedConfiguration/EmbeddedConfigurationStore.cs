using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Configurations;

namespace Sidecar.Components.EmbeddedConfiguration;

/// <summary>Configuration in a file. Whoever asks reads it; for each subscription it is read again and again and compared.</summary>
internal sealed class EmbeddedConfigurationStore(ConfigurationFile file, TimeSpan pollInterval, TimeProvider time, ILogger logger) : IConfigurationStore
{
    public async ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var items = await file.ReadAsync(cancellationToken);
        return keys.Count == 0 ? items : keys.Where(items.ContainsKey).Distinct(StringComparer.Ordinal).ToDictionary(key => key, key => items[key]);
    }

    public async Task<IAsyncDisposable> SubscribeAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, ConfigurationChanged changed, CancellationToken cancellationToken) =>
        new FileSubscription(file, await file.ReadAsync(cancellationToken), keys, changed, new PeriodicTimer(pollInterval, time), logger);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
