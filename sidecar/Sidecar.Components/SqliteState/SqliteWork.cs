namespace Sidecar.Components.SqliteState;

/// <summary>Something the writer thread does inside its current transaction, and the caller who waits for the commit.</summary>
internal abstract class SqliteWork(long enqueuedAt, TimeSpan timeout, CancellationToken cancellationToken)
{
    /// <summary>Timestamp of the clock when it was queued.</summary>
    public long EnqueuedAt => enqueuedAt;

    /// <summary>Longest wait for its turn.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Cancels it while it waits; once begun it runs to its end.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>
    /// Does it. A refusal (an ETag that does not match) takes back only its own changes and is kept for the caller.
    /// </summary>
    /// <exception cref="SqliteStoreException">SQLite failed in a way that concerns the whole transaction.</exception>
    public abstract void Apply(NativeConnection connection);

    /// <summary>The transaction is durable: tell the caller.</summary>
    public abstract void Complete();

    /// <summary>Nothing was done.</summary>
    public abstract void Fail(Exception error);

    /// <summary>The caller gave up before its turn came.</summary>
    public abstract void Cancel();
}

/// <summary>Work with a result.</summary>
internal sealed class SqliteWork<T>(Func<NativeConnection, T> apply, bool needsSavepoint, long enqueuedAt, TimeSpan timeout, CancellationToken cancellationToken)
    : SqliteWork(enqueuedAt, timeout, cancellationToken)
{
    private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _refusal;

    /// <summary>Ends when the transaction that holds the work is durable.</summary>
    public Task<T> Task => _caller.Task;

    public override void Apply(NativeConnection connection)
    {
        if (needsSavepoint)
            connection.Run("SAVEPOINT work");
        try
        {
            _result = apply(connection);
        }
        catch (Exception error) when (error is not SqliteStoreException || connection.InTransaction)
        {
            _refusal = error;
            if (needsSavepoint)
                connection.Run("ROLLBACK TO work");
        }

        if (needsSavepoint)
            connection.Run("RELEASE work");
    }

    public override void Complete()
    {
        if (_refusal is not null)
            _caller.SetException(_refusal);
        else
            _caller.SetResult(_result!);
    }

    public override void Fail(Exception error) => _caller.SetException(error);

    public override void Cancel() => _caller.SetCanceled(CancellationToken);
}
