using Dapr.Extensions.Configuration.DaprSecretStore;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Reads secrets once, when the configuration is built.</summary>
internal sealed class SecretStoreProvider(DaprSecretStoreConfigurationSource source, IReadOnlyList<DaprSecretDescriptor>? descriptors, TimeSpan wait) : ConfigurationProvider
{
    /// <summary>Configuration is built without await: the thread waits.</summary>
    public override void Load() => LoadAsync().GetAwaiter().GetResult();

    private async Task LoadAsync()
    {
        try
        {
            await SidecarReadiness.WaitAsync(source.Client, wait).ConfigureAwait(false);
            Data = await (descriptors is null ? ReadAllAsync() : ReadAsync(descriptors)).ConfigureAwait(false);
        }
        catch (Exception error) when (source.IsOptional && SidecarReadiness.IsAbsence(error))
        {
            Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        }
    }

    private async Task<Dictionary<string, string?>> ReadAsync(IEnumerable<DaprSecretDescriptor> wanted)
    {
        var data = Empty();
        foreach (var descriptor in wanted)
        {
            foreach (var (key, value) in await FindAsync(descriptor).ConfigureAwait(false))
            {
                // A secret of one entry has the name that the application wants; one of several keeps the names of its entries.
                Add(data, key, key == descriptor.SecretKey ? descriptor.SecretName : key, value);
            }
        }

        return data;
    }

    private async Task<Dictionary<string, string>> FindAsync(DaprSecretDescriptor descriptor)
    {
        try
        {
            return await source.Client.GetSecretAsync(source.Store, descriptor.SecretKey, descriptor.Metadata).ConfigureAwait(false);
        }
        catch (DaprException) when (!descriptor.IsRequired)
        {
            return [];
        }
    }

    private async Task<Dictionary<string, string?>> ReadAllAsync()
    {
        var data = Empty();
        var secrets = await source.Client.GetBulkSecretAsync(source.Store, source.Metadata).ConfigureAwait(false);
        foreach (var (key, value) in secrets.Values.SelectMany(secret => secret))
            Add(data, key, key, value);

        return data;
    }

    private void Add(Dictionary<string, string?> data, string key, string name, string value)
    {
        if (data.ContainsKey(key))
            throw new InvalidOperationException($"A duplicate key '{key}' was found in the secret store '{source.Store}'. Please remove any duplicates from your secret store.");

        data.Add(source.NormalizeKey ? Normalized(name) : name, value);
    }

    private string Normalized(string key) =>
        (source.KeyDelimiters ?? []).Aggregate(key, (text, delimiter) => text.Replace(delimiter, ConfigurationPath.KeyDelimiter, StringComparison.Ordinal));

    private static Dictionary<string, string?> Empty() => new(StringComparer.InvariantCultureIgnoreCase);
}
