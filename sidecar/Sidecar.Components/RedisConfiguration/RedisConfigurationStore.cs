using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Configurations;

namespace Sidecar.Components.RedisConfiguration;

/// <summary>Configuration in Redis as Dapr reads it: a string for each key, its version behind the last <c>||</c>; changes come as keyspace notifications.</summary>
internal sealed class RedisConfigurationStore(Lease<RedisClient> lease, TimeProvider time, ILogger logger) : IConfigurationStore
{
    private const string Separator = "||";
    private const int Step = 1000;
    private static readonly Dictionary<string, string> s_nothing = [];
    private readonly RedisClient _client = lease.Instance;

    public async ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var asked = keys.Count > 0 ? keys : await AllKeysAsync(cancellationToken);
        var items = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
        if (asked.Count == 0)
            return items;
        var batch = new RedisBatch();
        foreach (var key in asked)
            batch.Add("GET", key);
        var replies = await _client.CallAsync(batch, repeatable: true, cancellationToken);
        for (var i = 0; i < replies.Length; i++)
        {
            // What is no string is no configuration.
            if (replies[i].IsError && !replies[i].Text.StartsWith("WRONGTYPE", StringComparison.Ordinal))
                throw _client.Refusal("GET", replies[i]);
            if (replies[i].Kind == RedisReplyKind.Bytes && Parse(replies[i].Text) is { Value.Length: > 0 } item)
                items[asked[i]] = item;
        }

        return items;
    }

    public async Task<IAsyncDisposable> SubscribeAsync(
        IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> metadata, ConfigurationChanged changed, CancellationToken cancellationToken)
    {
        var subscription = new KeyspaceSubscription(_client, keys, async (key, operation, token) =>
        {
            var gone = operation is "del" or "expired" or "evicted";
            var items = gone
                ? new Dictionary<string, ConfigurationItem> { [key] = ConfigurationItem.Deleted }
                : await GetAsync([key], s_nothing, token);
            if (items.Count > 0)
                await changed(items, token);
        }, time, logger);
        await subscription.StartAsync(cancellationToken);
        return subscription;
    }

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private static ConfigurationItem Parse(string text)
    {
        var parts = text.Split(Separator);
        return new ConfigurationItem(parts[0], parts.Length > 1 ? parts[1] : "", s_nothing);
    }

    private async Task<List<string>> AllKeysAsync(CancellationToken cancellationToken)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        RedisArgument cursor = 0;
        do
        {
            var page = await _client.CallAsync(["SCAN", cursor, "COUNT", Step, "TYPE", "string"], cancellationToken);
            cursor = page.Items[0].Bytes;
            keys.UnionWith(page.Items[1].Items.Select(key => key.Text));
        }
        while (!cursor.Bytes.Span.SequenceEqual("0"u8));
        return [.. keys];
    }
}
