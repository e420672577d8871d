using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Keys in the files of a folder: the file's name is the key's.</summary>
internal sealed class KeyFolder(string path) : IKeySource
{
    public async ValueTask<LocalKey> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Contains("..", StringComparison.Ordinal))
            throw new CryptoOperationException("invalid key path: cannot contain '..'");
        var file = Path.Join(path, name);
        try
        {
            return KeyParser.Parse(await File.ReadAllBytesAsync(file, cancellationToken), Path.GetExtension(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CryptoOperationException($"failed to load key '{name}': {error.Message}", error);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
