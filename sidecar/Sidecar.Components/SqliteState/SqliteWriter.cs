namespace Sidecar.Components.SqliteState;

/// <summary>
/// The writer thread of one database. It takes all that waits, runs it in one transaction, commits, and only then answers the callers (group commit).
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // Bounds what one commit carries, so that no caller waits for an endless batch, and what may wait in all.
    private const int MaxBatch = 512;
    private const int MaxQueued = 50_000;

    private readonly Func<NativeConnection> _open;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Queue<SqliteWork> _queue = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NativeConnection? _connection;
    private bool _closing;

    public SqliteWriter(Func<NativeConnection> open, string path, TimeProvider time)
    {
        _open = open;
        _path = path;
        _time = time;
        new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = $"sqlite {Path.GetFileName(path)}" }.Start();
    }

    /// <summary>Queues work; the task ends when it is durable, refused or failed.</summary>
    public Task<T> EnqueueAsync<T>(Func<NativeConnection, T> apply, bool needsSavepoint, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var work = new SqliteWork<T>(apply, needsSavepoint, _time.GetTimestamp(), timeout, cancellationToken);
        lock (_queue)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (_queue.Count >= MaxQueued)
                throw new IOException($"SQLite database '{_path}': {MaxQueued} writes wait already; try again later");
            _queue.Enqueue(work);
            if (_queue.Count == 1)
                Monitor.Pulse(_queue);
        }

        return work.Task;
    }

    /// <summary>Finishes what is queued and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_queue)
        {
            _closing = true;
            Monitor.Pulse(_queue);
        }

        await _stopped.Task;
    }

    private void Run()
    {
        var batch = new List<SqliteWork>(MaxBatch);
        while (Take(batch))
        {
            Commit(batch);
            batch.Clear();
        }

        _connection?.Dispose();
        _stopped.SetResult();
    }

    private bool Take(List<SqliteWork> batch)
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_closing)
                    return false;
                Monitor.Wait(_queue);
            }

            while (batch.Count < MaxBatch && _queue.TryDequeue(out var work))
                batch.Add(work);
            return true;
        }
    }

    private void Commit(List<SqliteWork> batch)
    {
        batch.RemoveAll(GaveUp);
        if (batch.Count == 0)
            return;
        try
        {
            _connection ??= _open();
            _connection.Run("BEGIN IMMEDIATE");
            foreach (var work in batch)
                work.Apply(_connection);
            _connection.Run("COMMIT");
        }
        catch (Exception error)
        {
            // Whatever it was, the callers must hear of it and the thread must live on.
            GiveUpTransaction(error);
            batch.ForEach(work => work.Fail(error));
            return;
        }

        batch.ForEach(work => work.Complete());
    }

    private bool GaveUp(SqliteWork work)
    {
        if (work.CancellationToken.IsCancellationRequested)
        {
            work.Cancel();
            return true;
        }

        if (_time.GetElapsedTime(work.EnqueuedAt) <= work.Timeout)
            return false;
        work.Fail(new TimeoutException($"SQLite database '{_path}': the write waited longer than 'timeout' ({work.Timeout}) and was not begun"));
        return true;
    }

    private void GiveUpTransaction(Exception error)
    {
        if (_connection is null)
            return;
        try
        {
            if (_connection.InTransaction)
                _connection.Run("ROLLBACK");
            if (error is SqliteStoreException { BreaksConnection: false })
                return;
        }
        catch (SqliteStoreException)
        {
            // A connection that cannot even roll back is closed below, which rolls back too.
        }

        _connection.Dispose();
        _connection = null;
    }
}
