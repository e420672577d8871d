using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Configurations;

namespace Sidecar.Components.PostgreSqlConfiguration;

/// <summary>Configuration in a table as Dapr reads it; changes come from a trigger that notifies a channel.</summary>
internal sealed partial class PostgreSqlConfigurationStore(Lease<NpgsqlDataSource> lease, PostgreSqlConfigurationOptions options, TimeProvider time, ILogger logger) : IConfigurationStore
{
    // Go's component takes the first four columns as they come; by name they may stand in any order.
    private readonly string _all = $"SELECT key, value, version, metadata::text FROM {options.Table}";
    private readonly string _some = $"SELECT key, value, version, metadata::text FROM {options.Table} WHERE key = ANY($1)";
    private readonly PostgreSqlSessions _sessions = new(lease.Instance, options.Display, time);

    public async ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        if (keys.FirstOrDefault(key => !KeyForm().IsMatch(key)) is { } refused)
            throw new ArgumentException($"invalid key : '{refused}'; a key has only ASCII letters, digits, '.', '/' and '_'");
        return await _sessions.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(keys.Count == 0 ? _all : _some, connection);
                if (keys.Count > 0)
                    command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys] });
                await using var rows = await command.ExecuteReaderAsync(token);
                var items = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
                while (await rows.ReadAsync(token))
                {
                    var (key, version) = (rows.GetString(0), Text(rows, 2));
                    if (!items.TryGetValue(key, out var other) || NumberOf(version) > NumberOf(other.Version))
                        items[key] = new ConfigurationItem(Text(rows, 1), version, Metadata(rows.IsDBNull(3) ? null : rows.GetString(3)));
                }

                return items;
            },
            cancellationToken);
    }

    public async Task<IAsyncDisposable> SubscribeAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, ConfigurationChanged changed, CancellationToken cancellationToken)
    {
        var channel = options.NotifyChannel ?? metadata.FirstOrDefault(entry => entry.Key.Equals("pgNotifyChannel", StringComparison.OrdinalIgnoreCase)).Value;
        if (string.IsNullOrEmpty(channel))
            throw new ArgumentException($"unable to subscribe to '{options.Table}': name a channel as notifyChannel of the component, or as pgNotifyChannel in the metadata of the request");
        if (!PostgreSqlConfigurationOptions.IsChannel(channel))
            throw new ArgumentException($"pgNotifyChannel is '{channel}'; {PostgreSqlConfigurationOptions.ChannelRule}");
        var subscription = new ChannelSubscription(options, channel, keys, changed, time, logger);
        await subscription.StartAsync(cancellationToken);
        return subscription;
    }

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    /// <summary>Of several rows with one key Dapr takes the highest version; one that is no number counts as less than any.</summary>
    private static long NumberOf(string version) => int.TryParse(version, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <summary>The metadata column, or what a notification has in its place: an object of texts.</summary>
    internal static Dictionary<string, string> Metadata(string? json)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is null)
            return entries;
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return entries;
        foreach (var entry in document.RootElement.EnumerateObject())
            entries[entry.Name] = entry.Value.ToString();
        return entries;
    }

    private static string Text(NpgsqlDataReader rows, int column) => rows.IsDBNull(column) ? "" : rows.GetString(column);

    [GeneratedRegex("^[a-zA-Z0-9./_]*$")]
    private static partial Regex KeyForm();
}
