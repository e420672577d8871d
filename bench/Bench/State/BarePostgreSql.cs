using Npgsql;
using NpgsqlTypes;

namespace Bench.State;

/// <summary>Npgsql as a careful program uses it: a pool of 16, prepared statements, a transaction as one batch. The table is the component's own.</summary>
internal sealed class BarePostgreSql(int port, string table) : IAsyncDisposable
{
    private readonly string _save =
        $"INSERT INTO {table} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = excluded.etag, updated_at = now()";

    private readonly string _read = $"SELECT value, etag FROM {table} WHERE key = $1";

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "postgres",
        MaxPoolSize = 16,
        MaxAutoPrepare = 32,
        AutoPrepareMinUsages = 2,
        NoResetOnClose = true,
    });

    public async ValueTask SaveAsync(params IEnumerable<(string Key, byte[] Value)> items)
    {
        await using var batch = _source.CreateBatch();
        foreach (var (key, value) in items)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(_save)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = key }, new NpgsqlParameter<byte[]> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea } },
            });
        }

        await batch.ExecuteNonQueryAsync();
    }

    public async ValueTask ReadAsync(string key)
    {
        await using var command = _source.CreateCommand(_read);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        await using var rows = await command.ExecuteReaderAsync();
        if (!await rows.ReadAsync() || rows.GetFieldValue<byte[]>(0).Length == 0 || rows.GetGuid(1) == Guid.Empty)
            throw new InvalidOperationException("a key that was saved is missing");
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
