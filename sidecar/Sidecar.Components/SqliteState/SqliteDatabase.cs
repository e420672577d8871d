using System.Collections.Concurrent;

namespace Sidecar.Components.SqliteState;

/// <summary>
/// One database file: one writer for all who use it in this process, and a few connections for readers. What callers ask for while a commit is on its
/// way to the disk is committed together by the next one, so that one flush serves many callers.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    // A reader is busy for microseconds, so there are never more at work than processors.
    private static readonly int s_maxIdleReaders = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private readonly SqliteStateOptions _options;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<NativeConnection> _readers = [];
    private int _idleReaders;

    private SqliteDatabase(SqliteStateOptions options, TimeProvider time)
    {
        _options = options;
        _writer = new SqliteWriter(OpenWriter, options.Address.Display, time);
    }

    /// <summary>Opens the file, making it and its folder when they are missing.</summary>
    /// <exception cref="SqliteStoreException">The file cannot be opened.</exception>
    public static async Task<SqliteDatabase> OpenAsync(SqliteStateOptions options, TimeProvider time)
    {
        if (options.Address is { FullPath: { } path, ReadOnly: false })
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var database = new SqliteDatabase(options, time);
        try
        {
            // The first transaction opens the file, so that what is wrong with it is known now.
            await database._writer.EnqueueAsync(connection => connection.InTransaction, false, options.Timeout, CancellationToken.None);
            return database;
        }
        catch (SqliteStoreException)
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a change on the writer; the result comes once it is durable.</summary>
    public Task<T> WriteAsync<T>(Func<NativeConnection, T> change, bool needsSavepoint, TimeSpan timeout, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync(change, needsSavepoint, timeout, cancellationToken);

    /// <summary>Reads what is committed. Reading a row takes microseconds, so it runs on the caller's thread.</summary>
    public ValueTask<T> ReadAsync<T>(Func<NativeConnection, T> query, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.Address.FullPath is null)
            return new ValueTask<T>(_writer.EnqueueAsync(query, false, timeout, cancellationToken)); // a database in memory has one connection

        var connection = RentReader();
        var sound = false;
        try
        {
            var result = query(connection);
            sound = true;
            return new ValueTask<T>(result);
        }
        finally
        {
            ReturnReader(connection, sound);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Readers go first: the last connection to close folds the write-ahead log into the file.
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        await _writer.DisposeAsync();
    }

    private NativeConnection RentReader()
    {
        if (_readers.TryTake(out var idle))
        {
            Interlocked.Decrement(ref _idleReaders);
            return idle;
        }

        var reader = NativeConnection.Open(_options.Address, readOnly: true, _options.BusyTimeout);
        reader.RunOnce("PRAGMA cache_size = -512"); // KiB: the operating system has the file's pages anyway
        return reader;
    }

    private void ReturnReader(NativeConnection reader, bool sound)
    {
        if (sound && Interlocked.Increment(ref _idleReaders) <= s_maxIdleReaders)
        {
            _readers.Add(reader);
            return;
        }

        if (sound)
            Interlocked.Decrement(ref _idleReaders);
        reader.Dispose();
    }

    private NativeConnection OpenWriter()
    {
        var connection = NativeConnection.Open(_options.Address, readOnly: false, _options.BusyTimeout);
        try
        {
            if (!_options.Address.ReadOnly)
            {
                // FULL: a commit returns after its fdatasync, also in WAL mode.
                connection.RunOnce(_options.Address.FullPath is null ? "PRAGMA journal_mode = MEMORY"
                    : _options.DisableWal ? "PRAGMA journal_mode = DELETE"
                    : "PRAGMA journal_mode = WAL");
                connection.RunOnce("PRAGMA synchronous = FULL");
            }

            foreach (var pragma in _options.Address.Pragmas)
                connection.RunOnce(pragma);
            return connection;
        }
        catch (SqliteStoreException)
        {
            connection.Dispose();
            throw;
        }
    }
}
