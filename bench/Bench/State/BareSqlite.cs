using Microsoft.Data.Sqlite;

namespace Bench.State;

/// <summary>SQLite as a careful program uses it through the ADO.NET driver: prepared commands, one connection, one transaction for each call.</summary>
internal sealed class BareSqlite : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _save;
    private readonly SqliteCommand _read;
    private readonly Lock _lock = new();

    public BareSqlite(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, etag TEXT NOT NULL)");
        _save = Prepare("INSERT INTO state (key, value, etag) VALUES ($key, $value, $etag) ON CONFLICT (key) DO UPDATE SET value = $value, etag = $etag",
            "$key", "$value", "$etag");
        _read = Prepare("SELECT value, etag FROM state WHERE key = $key", "$key");
    }

    public ValueTask SaveAsync(string key, byte[] value)
    {
        lock (_lock)
            Save(key, value);
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveAsync(IEnumerable<(string Key, byte[] Value)> items)
    {
        lock (_lock)
        {
            using var transaction = _connection.BeginTransaction();
            _save.Transaction = transaction;
            foreach (var (key, value) in items)
                Save(key, value);
            transaction.Commit();
            _save.Transaction = null;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReadAsync(string key)
    {
        lock (_lock)
        {
            _read.Parameters[0].Value = key;
            using var reader = _read.ExecuteReader();
            if (!reader.Read() || reader.GetString(0).Length == 0 || reader.GetString(1).Length == 0)
                throw new InvalidOperationException("a key that was saved is missing");
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _save.Dispose();
        _read.Dispose();
        _connection.Dispose();
    }

    private void Save(string key, byte[] value)
    {
        _save.Parameters[0].Value = key;
        _save.Parameters[1].Value = System.Text.Encoding.UTF8.GetString(value);
        _save.Parameters[2].Value = Guid.NewGuid().ToString();
        _save.ExecuteNonQuery();
    }

    private void Run(string sql)
    {
        using var command = new SqliteCommand(sql, _connection);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = new SqliteCommand(sql, _connection);
        foreach (var name in parameters)
            command.Parameters.Add(name, SqliteType.Text);
        command.Prepare();
        return command;
    }
}
