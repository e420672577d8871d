using System.Globalization;
using Sidecar.Components.Redis;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;

namespace Sidecar.Components.RedisState;

/// <summary>
/// State in Redis as Dapr keeps it. A transaction runs undisturbed, but it does not roll back: a change that is refused leaves the others made, a first-write
/// inside a transaction is not checked, and an ETag on a missing key is not either. All of that is Dapr's.
/// </summary>
internal sealed class RedisStateStore(Lease<RedisClient> lease, TimeSpan? defaultTimeToLive, TimeProvider time) : IStateStore
{
    private readonly RedisClient _client = lease.Instance;
    private readonly RedisKeyspace _keyspace = new(lease.Instance);

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];

    /// <summary>SCAN has no index.</summary>
    public bool ListingReadsAll => true;

    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken) =>
        (await GetManyAsync([key], cancellationToken))[0];

    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
            return [];
        var batch = new RedisBatch();
        foreach (var key in keys)
            batch.Add("HMGET", key, "data", "version").Add("PTTL", key);
        var replies = await _client.CallAsync(batch, repeatable: true, cancellationToken);
        var now = time.GetUtcNow();
        var items = new StateItem?[keys.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var fields = replies[2 * i];
            items[i] = fields.IsError ? await GetPlainAsync(keys[i], fields, cancellationToken) : ToItem(keys[i], fields.Items, replies[(2 * i) + 1].Number, now);
        }

        return items;
    }

    public async ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        // Sent twice, a plain save or delete ends as it would sent once; one that depends on a version would find its own.
        var repeatable = operation is DeleteState { ETag: null } or SetState { ETag: null, FirstWrite: false };
        try
        {
            await _client.EvalAsync(RedisStateScript.Change, operation.Key, Arguments(operation, inTransaction: false), repeatable, cancellationToken);
        }
        catch (RedisRefusalException refusal) when (refusal.Is(RedisStateScript.Mismatch))
        {
            throw Mismatch(operation);
        }
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
            return;
        var arguments = operations.Select(operation => Arguments(operation, inTransaction: true)).ToArray();
        var replies = await _client.TransactAsync(batch => AddAll(batch, operations, arguments), cancellationToken);
        if (replies.All(reply => reply.IsError && reply.Text.StartsWith("NOSCRIPT", StringComparison.Ordinal)))
        {
            // A server that was restarted or flushed does not know the script, so that nothing was changed yet.
            await _client.CallAsync(["SCRIPT", "LOAD", RedisStateScript.Change.Text], cancellationToken);
            replies = await _client.TransactAsync(batch => AddAll(batch, operations, arguments), cancellationToken);
        }

        for (var i = 0; i < replies.Length; i++)
        {
            if (replies[i].IsError)
                throw replies[i].Text.StartsWith(RedisStateScript.Mismatch, StringComparison.Ordinal) ? Mismatch(operations[i]) : _client.Refusal("a change of the transaction", replies[i]);
        }
    }

    public async ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        var keys = await _keyspace.FindAsync(prefix, continuationToken, cancellationToken);
        return keys.Count <= pageSize ? new KeyPage(keys, null) : new KeyPage([.. keys.Take(pageSize)], keys[pageSize - 1]);
    }

    public async ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        var keys = await _keyspace.FindAsync(prefix, null, cancellationToken);
        return keys.Count == 0 ? 0 : (int)(await _client.CallAsync(["UNLINK", .. keys.Select(key => (RedisArgument)key)], cancellationToken)).Number;
    }

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private static void AddAll(RedisBatch batch, IReadOnlyList<StateOperation> operations, RedisArgument[][] arguments)
    {
        for (var i = 0; i < operations.Count; i++)
            batch.Add(["EVALSHA", RedisStateScript.Change.Digest, 1, operations[i].Key, .. arguments[i]]);
    }

    /// <summary>What the script takes. Dapr does not pass first-write on inside a transaction.</summary>
    private RedisArgument[] Arguments(StateOperation operation, bool inTransaction)
    {
        if (operation is not SetState set)
            return [operation.ETag is { } expected ? expected : 0L];
        var version = 0L;
        if (set.ETag is { } etag && !long.TryParse(etag, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out version))
            throw new InvalidETagException(set.Key, etag);
        RedisArgument timeToLive = (set.TimeToLive ?? defaultTimeToLive) switch
        {
            null => "",
            { Ticks: <= 0 } => 0L,
            { } limit => Math.Max(1L, (long)limit.TotalMilliseconds),
        };
        return [version, set.Value, set.FirstWrite && !inTransaction ? 0L : 1L, timeToLive];
    }

    private static Exception Mismatch(StateOperation operation) => operation is SetState { ETag: null, FirstWrite: false }
        ? new InvalidOperationException($"failed to set key {operation.Key}: it was saved with first-write, and only a save that names its ETag may change it")
        : new ETagMismatchException(operation.Key);

    private StateItem? ToItem(string key, RedisReply[] fields, long timeToLive, DateTimeOffset now)
    {
        if (fields[0].IsNull && fields[1].IsNull)
            return null;
        if (fields[0].IsNull || fields[1].IsNull)
            throw new InvalidDataException($"'{key}' in redis at {_client.Address} is no state of Dapr: its hash has no field '{(fields[0].IsNull ? "data" : "version")}'");
        return new StateItem(key, fields[0].Bytes, fields[1].Text, timeToLive > 0 ? now.AddMilliseconds(timeToLive) : null);
    }

    /// <summary>A value that somebody put there as a plain string has no version.</summary>
    private async Task<StateItem?> GetPlainAsync(string key, RedisReply refusal, CancellationToken cancellationToken)
    {
        if (!refusal.Text.StartsWith("WRONGTYPE", StringComparison.Ordinal))
            throw _client.Refusal("HMGET", refusal);
        var plain = await _client.CallAsync(["GET", key], cancellationToken);
        return plain.IsNull ? null : new StateItem(key, plain.Bytes, "");
    }
}
