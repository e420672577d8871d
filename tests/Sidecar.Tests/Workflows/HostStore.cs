using Sidecar.Runtime.State;

namespace Sidecar.Tests.Workflows;

/// <summary>What happens at one write of a host.</summary>
public enum StoreFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The store refuses once, nothing was changed.</summary>
    FailsBefore,

    /// <summary>The store makes the change and reports an error, as when a connection breaks.</summary>
    FailsAfter,

    /// <summary>The host is gone before the write.</summary>
    DiesBefore,

    /// <summary>The host is gone after the write and before it hears of it.</summary>
    DiesAfter,
}

/// <summary>The store as one host sees it, with a fault at its n-th write. A dead host reads and writes nothing any more; its successor opens the same store.</summary>
internal sealed class HostStore(IStateStore inner, int faultyWrite = 0, StoreFault fault = StoreFault.None) : IStateStore
{
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;

    public IReadOnlyList<string> Capabilities => inner.Capabilities;

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Completes when the host is gone.</summary>
    public Task Died => _died.Task;

    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken) => await AliveAsync(() => inner.GetAsync(key, cancellationToken));

    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        await AliveAsync(() => inner.GetManyAsync(keys, cancellationToken));

    public async ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken) =>
        await AliveAsync(() => inner.ListKeysAsync(prefix, continuationToken, pageSize, cancellationToken));

    public ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken) => TransactAsync([operation], cancellationToken);

    public async ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        var now = Interlocked.Increment(ref _writes) == faultyWrite ? fault : StoreFault.None;
        if (now is StoreFault.FailsBefore or StoreFault.DiesBefore)
        {
            Break(now);
        }

        await inner.TransactAsync(operations, cancellationToken);
        if (now is StoreFault.FailsAfter or StoreFault.DiesAfter)
        {
            Break(now);
        }
    }

    public ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken) => inner.DeleteWithPrefixAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> AliveAsync<T>(Func<ValueTask<T>> read)
    {
        ThrowIfDead();
        return await read();
    }

    private void Break(StoreFault now)
    {
        if (now is StoreFault.DiesBefore or StoreFault.DiesAfter)
        {
            _died.TrySetResult();
        }

        ThrowIfDead();
        throw new IOException("the store failed");
    }

    private void ThrowIfDead()
    {
        if (_died.Task.IsCompleted)
        {
            throw new IOException("the host is gone");
        }
    }
}
