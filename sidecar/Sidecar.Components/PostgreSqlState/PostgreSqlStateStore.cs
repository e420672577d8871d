using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;
using Sidecar.Runtime.State.Queries;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>One component's state table: every operation is one round trip, a transaction too.</summary>
internal sealed partial class PostgreSqlStateStore : IStateStore, IQueryableStateStore
{
    // The interval is measured by two clocks: a little early is in time.
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(100);

    private readonly Lease<NpgsqlDataSource> _lease;
    private readonly PostgreSqlSessions _sessions;
    private readonly StateTable _table;
    private readonly string _markCleanup;
    private readonly TimeSpan _cleanupInterval;
    private readonly ILogger _logger;
    private readonly ITimer? _cleanup;

    public PostgreSqlStateStore(Lease<NpgsqlDataSource> lease, PostgreSqlStateOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _lease = lease;
        _sessions = new PostgreSqlSessions(lease.Instance, options.Display, time);
        _table = options.Table;
        _logger = loggers.CreateLogger<PostgreSqlStateStore>();
        _cleanupInterval = options.CleanupInterval;
        _markCleanup =
            $"INSERT INTO {options.MetadataTableName} AS m (key, value) VALUES ($1, now()::text) ON CONFLICT (key) DO UPDATE SET value = now()::text "
            + "WHERE (extract(epoch FROM now() - m.value::timestamp with time zone) * 1000)::bigint > $2";
        if (_cleanupInterval > TimeSpan.Zero)
            _cleanup = time.CreateTimer(_ => CleanUp(), null, _cleanupInterval, _cleanupInterval);
    }

    public IReadOnlyList<string> Capabilities => _table.Capabilities;

    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken) => await _sessions.ReadAsync(
        async (connection, token) =>
        {
            await using var command = _table.Select(connection, key);
            await using var rows = await command.ExecuteReaderAsync(token);
            return await rows.ReadAsync(token) ? _table.Read(rows) : null;
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
            return [];
        var found = await _sessions.ReadAsync(
            async (connection, token) =>
            {
                await using var command = _table.SelectMany(connection, keys);
                await using var rows = await command.ExecuteReaderAsync(token);
                var items = new Dictionary<string, StateItem>(keys.Count, StringComparer.Ordinal);
                while (await rows.ReadAsync(token))
                {
                    var item = _table.Read(rows);
                    items[item.Key] = item;
                }

                return items;
            },
            cancellationToken);
        return [.. keys.Select(found.GetValueOrDefault)];
    }

    public async ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rows = await _sessions.WriteAsync(
            async (connection, token) =>
            {
                await using var batch = new NpgsqlBatch(connection) { BatchCommands = { _table.Change(operation, guarded: false) } };
                return await batch.ExecuteNonQueryAsync(token);
            },
            cancellationToken);
        if (rows != 1 && StateTable.IsConditional(operation))
            throw new ETagMismatchException(operation.Key);
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count <= 1)
        {
            if (operations.Count == 1)
                await ExecuteAsync(operations[0], cancellationToken);
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        // Rows are locked in one order by everybody, so that two transactions do not wait for each other; the order within a key is kept.
        var ordered = operations.OrderBy(operation => operation.Key, StringComparer.Ordinal).ToArray();
        await _sessions.WriteAsync((connection, token) => RunBatchAsync(connection, ordered, token), cancellationToken);
    }

    public async ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        return await _sessions.ReadAsync(
            async (connection, token) =>
            {
                await using var command = _table.Keys(connection, prefix, continuationToken, pageSize == int.MaxValue ? pageSize : pageSize + 1);
                await using var rows = await command.ExecuteReaderAsync(token);
                var keys = new List<string>();
                while (await rows.ReadAsync(token))
                {
                    if (keys.Count == pageSize)
                        return new KeyPage(keys, keys[^1]);
                    keys.Add(rows.GetString(0));
                }

                return new KeyPage(keys, null);
            },
            cancellationToken);
    }

    public async ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await _sessions.WriteAsync(
            async (connection, token) =>
            {
                await using var command = _table.DeletePrefix(connection, prefix);
                return Convert.ToInt32(await command.ExecuteScalarAsync(token), CultureInfo.InvariantCulture);
            },
            cancellationToken);
    }

    public async ValueTask<QueryPage> QueryAsync(StateQuery query, CancellationToken cancellationToken) => await _sessions.ReadAsync(
        async (connection, token) =>
        {
            await using var command = _table.Query(connection, query);
            await using var rows = await command.ExecuteReaderAsync(token);
            var items = new List<StateItem>();
            while (await rows.ReadAsync(token))
                items.Add(_table.Read(rows));
            // As in Dapr: where a limit was given there is always a token, the last page's leads to an empty one.
            return new QueryPage(items, query.Limit == 0 ? "" : (DocumentQuery.Skipped(query.Token) + items.Count).ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_cleanup is not null)
            await _cleanup.DisposeAsync();
        await _lease.DisposeAsync();
    }

    // A batch is one transaction to the server: it ends with it, and an error in it undoes it.
    private async Task<int> RunBatchAsync(NpgsqlConnection connection, StateOperation[] operations, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var operation in operations)
            batch.BatchCommands.Add(_table.Change(operation, guarded: true));
        try
        {
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (error is { SqlState: PostgresErrorCodes.DivisionByZero, BatchCommand: { } refused })
        {
            throw new ETagMismatchException(operations[batch.BatchCommands.IndexOf(refused)].Key);
        }
    }

    // Nobody waits for a clean-up: what it could not remove stays lapsed, and the next one meets it.
    private async void CleanUp()
    {
        try
        {
            if (await _sessions.WriteAsync(MarkCleanupAsync, CancellationToken.None) == 0)
                return; // another sidecar has done it
            var removed = await _sessions.WriteAsync(DeleteLapsedAsync, CancellationToken.None);
            LogCleanedUp(_logger, removed);
        }
        catch (Exception error) when (error is PostgreSqlStoreException or ObjectDisposedException)
        {
            LogCleanUpFailed(_logger, error.Message);
        }
    }

    private async Task<int> MarkCleanupAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_markCleanup, connection)
        {
            Parameters = { new() { Value = _table.LastCleanupKey }, new() { Value = (long)(_cleanupInterval - s_slack).TotalMilliseconds } },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> DeleteLapsedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_table.DeleteLapsed, connection) { CommandTimeout = 600 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Removed} lapsed rows of state were removed")]
    private static partial void LogCleanedUp(ILogger logger, int removed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lapsed state could not be removed: {Reason}")]
    private static partial void LogCleanUpFailed(ILogger logger, string reason);
}
