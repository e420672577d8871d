namespace Sidecar.Runtime.Configurations;

/// <summary>One configuration value.</summary>
/// <param name="Value">Value; empty for a key that was deleted.</param>
/// <param name="Version">Version as the store keeps it; may be empty.</param>
/// <param name="Metadata">What the store tells beside it.</param>
public sealed record ConfigurationItem(string Value, string Version, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Stands for a key that was deleted.</summary>
    public static ConfigurationItem Deleted { get; } = new("", "", new Dictionary<string, string>());
}

/// <summary>Takes items that changed. What it throws is logged, and the subscription goes on.</summary>
public delegate Task ConfigurationChanged(IReadOnlyDictionary<string, ConfigurationItem> items, CancellationToken cancellationToken);

/// <summary>A configuration store component.</summary>
public interface IConfigurationStore : IAsyncDisposable
{
    /// <summary>Reads the keys there are among those asked for; no key asks for all.</summary>
    ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>Tells of changes of the keys, of all for none, until the answer is disposed. Returns when no later change can be missed.</summary>
    Task<IAsyncDisposable> SubscribeAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, ConfigurationChanged changed, CancellationToken cancellationToken);
}
