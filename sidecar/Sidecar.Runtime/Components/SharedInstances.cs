namespace Sidecar.Runtime.Components;

/// <summary>Reference-counted instances that the sidecars of one host process share; the last lease to be disposed disposes the instance.</summary>
public sealed class SharedInstances : IAsyncDisposable
{
    private readonly Dictionary<(Type, string), Entry> _entries = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Leases the instance of <typeparamref name="T"/> under <paramref name="key"/>, making it when there is none.</summary>
    public async Task<Lease<T>> LeaseAsync<T>(string key, Func<Task<T>> create)
        where T : class, IAsyncDisposable
    {
        await _gate.WaitAsync();
        try
        {
            if (!_entries.TryGetValue((typeof(T), key), out var entry))
            {
                entry = new Entry(await create());
                _entries.Add((typeof(T), key), entry);
            }

            entry.Leases++;
            return new Lease<T>((T)entry.Instance, () => ReleaseAsync(typeof(T), key));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Disposes whatever is still leased: the host is stopping.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in _entries.Values)
        {
            await entry.Instance.DisposeAsync();
        }

        _entries.Clear();
        _gate.Dispose();
    }

    private async ValueTask ReleaseAsync(Type type, string key)
    {
        await _gate.WaitAsync();
        try
        {
            var entry = _entries[(type, key)];
            if (--entry.Leases == 0)
            {
                _entries.Remove((type, key));
                await entry.Instance.DisposeAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed class Entry(IAsyncDisposable instance)
    {
        public IAsyncDisposable Instance { get; } = instance;

        public int Leases { get; set; }
    }
}

/// <summary>A share in an instance; dispose it to give the share back.</summary>
public sealed class Lease<T>(T instance, Func<ValueTask> release) : IAsyncDisposable
{
    private int _released;

    /// <summary>The shared instance.</summary>
    public T Instance { get; } = instance;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _released, 1) == 0 ? release() : ValueTask.CompletedTask;
}
