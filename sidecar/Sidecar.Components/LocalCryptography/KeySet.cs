using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Keys of a JSON Web Key Set by their ids; where the set has an address or a file it is read again from time to time.</summary>
/// <param name="read">Reads the set.</param>
/// <param name="refreshAfter">Age at which it is read again; null for never.</param>
/// <param name="time">Clock.</param>
internal sealed class KeySet(Func<CancellationToken, Task<byte[]>> read, TimeSpan? refreshAfter, TimeProvider time) : IKeySource
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyDictionary<string, LocalKey>? _keys;
    private DateTimeOffset _readAt;

    /// <summary>Reads the set for the first time.</summary>
    /// <exception cref="CryptoOperationException">It cannot be read, or is none.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _keys = KeyParser.ParseSet(await ReadAsync(cancellationToken));
        _readAt = time.GetUtcNow();
    }

    public async ValueTask<LocalKey> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (refreshAfter is { } age && time.GetUtcNow() - _readAt >= age)
            await RefreshAsync(age, cancellationToken);
        return _keys!.TryGetValue(name, out var key) ? key : throw new CryptoOperationException("key not found");
    }

    public ValueTask DisposeAsync()
    {
        _reading.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RefreshAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _readAt >= age)
                await LoadAsync(cancellationToken);
        }
        catch (CryptoOperationException)
        {
            // The set that was read before goes on; the next use tries again after as long.
            _readAt = time.GetUtcNow();
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or HttpRequestException or TaskCanceledException)
        {
            throw new CryptoOperationException($"failed to read the key set: {error.Message}", error);
        }
    }
}
