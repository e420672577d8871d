using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;

namespace Sidecar.Components.SqliteState;

/// <summary>One component's share in a database: its table, its time limits and its clean-up.</summary>
internal sealed partial class SqliteStateStore : IStateStore
{
    private readonly Lease<SqliteDatabase> _lease;
    private readonly SqliteDatabase _database;
    private readonly SqliteStateTable _table;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer? _cleanup;

    public SqliteStateStore(Lease<SqliteDatabase> lease, SqliteStateTable table, SqliteStateOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _lease = lease;
        _database = lease.Instance;
        _table = table;
        _timeout = options.Timeout;
        _time = time;
        _logger = loggers.CreateLogger<SqliteStateStore>();
        if (options.CleanupInterval > TimeSpan.Zero && !options.Address.ReadOnly)
            _cleanup = time.CreateTimer(_ => CleanUp(_table.DeleteAllLapsed), null, options.CleanupInterval, options.CleanupInterval);
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE"];

    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var read = _database.ReadAsync(connection => _table.Read(connection, key), _timeout, cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<StateItem?>(Live(read.Result, _time.GetUtcNow())) : Await(read);

        async ValueTask<StateItem?> Await(ValueTask<StateItem?> pending) => Live(await pending, _time.GetUtcNow());
    }

    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
            return [];
        var items = await _database.ReadAsync(connection => ReadMany(connection, keys), _timeout, cancellationToken);
        var now = _time.GetUtcNow();
        for (var i = 0; i < items.Length; i++)
            items[i] = Live(items[i], now);
        return items;
    }

    public ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        // One statement is all or nothing by itself and needs no savepoint.
        return new ValueTask(_database.WriteAsync(
            connection =>
            {
                _table.Apply(connection, operation, now);
                return true;
            },
            needsSavepoint: false,
            _timeout,
            cancellationToken));
    }

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
            return ValueTask.CompletedTask;
        var now = _time.GetUtcNow();
        return new ValueTask(_database.WriteAsync(
            connection =>
            {
                foreach (var operation in operations)
                    _table.Apply(connection, operation, now);
                return true;
            },
            needsSavepoint: operations.Count > 1,
            _timeout,
            cancellationToken));
    }

    public ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        return _database.ReadAsync(connection => _table.ListKeys(connection, prefix, continuationToken, pageSize), _timeout, cancellationToken);
    }

    public ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        new(_database.WriteAsync(connection => _table.DeleteWithPrefix(connection, prefix), needsSavepoint: true, _timeout, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (_cleanup is not null)
            await _cleanup.DisposeAsync();
        await _lease.DisposeAsync();
    }

    private StateItem?[] ReadMany(NativeConnection connection, IReadOnlyList<string> keys)
    {
        var items = new StateItem?[keys.Count];
        // Inside one read transaction all rows are of one moment; the writer's connection is in a transaction already.
        var snapshot = !connection.InTransaction && keys.Count > 1;
        if (snapshot)
            connection.Run("BEGIN");
        for (var i = 0; i < items.Length; i++)
            items[i] = _table.Read(connection, keys[i]);
        if (snapshot)
            connection.Run("COMMIT");
        return items;
    }

    private StateItem? Live(StateItem? item, DateTimeOffset now)
    {
        if (item is null || !(item.ExpiresAt <= now))
            return item;
        CleanUp(connection => _table.DeleteLapsed(connection, item.Key));
        return null;
    }

    // Nobody waits for a clean-up: a row it could not remove stays lapsed and is met again.
    private async void CleanUp<T>(Func<NativeConnection, T> remove)
    {
        try
        {
            await _database.WriteAsync(remove, needsSavepoint: false, _timeout, CancellationToken.None);
        }
        catch (Exception error) when (error is SqliteStoreException or IOException or TimeoutException or ObjectDisposedException)
        {
            LogCleanUpFailed(_logger, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lapsed state could not be removed: {Reason}")]
    private static partial void LogCleanUpFailed(ILogger logger, string reason);
}
