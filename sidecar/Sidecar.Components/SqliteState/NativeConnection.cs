using SQLitePCL;

namespace Sidecar.Components.SqliteState;

/// <summary>
/// One connection of SQLite's C API with its prepared statements; used by one thread at a time. The ADO.NET driver is left out here because it allocates per
/// command and turns every value into a string.
/// </summary>
internal sealed class NativeConnection : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly string _path;
    private readonly Dictionary<string, NativeStatement> _statements = [];

    static NativeConnection() => Batteries_V2.Init();

    private NativeConnection(sqlite3 handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>False when SQLite has given up the transaction by itself, as it does when the disk is full.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Opens the database that <paramref name="address"/> says.</summary>
    /// <exception cref="SqliteStoreException">The file cannot be opened or is no database.</exception>
    public static NativeConnection Open(SqliteAddress address, bool readOnly, TimeSpan busyTimeout)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_URI
            | (readOnly || address.ReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var result = raw.sqlite3_open_v2(address.Uri, out var handle, flags, null);
        var connection = new NativeConnection(handle, address.Display);
        try
        {
            connection.Check(result);
            raw.sqlite3_busy_timeout(handle, (int)Math.Clamp(busyTimeout.TotalMilliseconds, 0, int.MaxValue));
            return connection;
        }
        catch (SqliteStoreException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The prepared statement for the text, kept for the life of the connection.</summary>
    public NativeStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
            return statement;
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        statement = new NativeStatement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs a statement that takes no values and keeps it prepared.</summary>
    public void Run(string sql)
    {
        using var statement = Prepare(sql).Use();
        while (statement.Step())
        {
        }
    }

    /// <summary>Runs statements that are not worth keeping.</summary>
    public void RunOnce(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>Throws unless the result says success.</summary>
    public void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new SqliteStoreException(_path, result, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _handle.Dispose();
    }
}
